"""细则表 and 评分表 (form 3.4), for page and workbook alike."""
