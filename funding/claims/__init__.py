"""县级报账: who may, what stands in the way, forms, pages and papers. Models and actions stand with the others."""
