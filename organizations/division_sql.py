"""The statements of the division import, in the order in which they run. Temporary tables end with the transaction.

division          the rows of the file with four cells; the bad ones are taken out and come back as rejects
division_kept     with --root: what lies in the subtree, and its ancestors
division_known    the rows that the tree has already, beside what stands there
division_missing  what the tree has in the list's scope, and the list has not
"""

from organizations.models import FormerName, Level, Organization

TREE = Organization._meta.db_table
FORMER = FormerName._meta.db_table

# The memory is for hashing and sorting 665,276 rows; the setting ends with the transaction.
TABLES = """
DROP TABLE IF EXISTS pg_temp.division, pg_temp.division_kept, pg_temp.division_known, pg_temp.division_missing;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '256MB';
CREATE TEMPORARY TABLE division (
    line integer, code text COLLATE "C", name text, level_name text, level smallint, parent_code text COLLATE "C",
    initials text, kind_id bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE division_kept (
    level smallint, code text COLLATE "C", parent_code text COLLATE "C", PRIMARY KEY (level, code)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE division_known (
    id bigint, level smallint, code text COLLATE "C", parent_code text COLLATE "C", name text, initials text,
    kind_id bigint, old_parent_id bigint, old_path text COLLATE "C", is_renamed boolean, is_reopened boolean,
    gets_kind boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE division_missing (id bigint) ON COMMIT DROP;
"""

COPY = "COPY division (line, code, name, level_name, level, parent_code, initials, kind_id) FROM STDIN"

BAD_ROWS = """
DELETE FROM division WHERE code !~ '^[0-9]{12}$' OR name = '' OR length(name) > 60 OR level IS NULL
RETURNING line,
          CASE WHEN code = '' THEN '代码为空'
               WHEN code !~ '^[0-9]{12}$' THEN '代码应为 12 位数字'
               WHEN name = '' THEN '名称为空'
               WHEN length(name) > 60 THEN '名称超过 60 个字'
               ELSE '不认识的层级，应为 province、city、county、township 或 village' END,
          code, name, level_name, parent_code
"""

# Of several lines with the same code on the same level the first one counts.
DUPLICATES = """
WITH twice AS MATERIALIZED (
    SELECT level, code, min(line) AS first_line FROM division GROUP BY level, code HAVING count(*) > 1
)
DELETE FROM division USING twice
WHERE division.level = twice.level AND division.code = twice.code AND division.line <> twice.first_line
RETURNING line, '与第 ' || first_line || ' 行重复：同一层级已有这个代码', division.code, name, level_name, parent_code
"""

INDEX = "CREATE UNIQUE INDEX ON division (level, code); ANALYZE division"

# A parent outside the list must be in the tree, open, and not in a part that the list itself describes.
ORPHANS = f"""
WITH orphan AS MATERIALIZED (
    SELECT child.level, child.code, child.parent_code FROM division child
    LEFT JOIN division parent ON parent.level = child.level - 1 AND parent.code = child.parent_code
    WHERE child.level = %(level)s AND parent.code IS NULL
), adopted AS MATERIALIZED (
    SELECT node.code FROM {TREE} node
    WHERE node.level = %(level)s - 1 AND node.valid_to IS NULL AND node.code IN (SELECT parent_code FROM orphan)
      AND NOT EXISTS (
          SELECT 1 FROM {TREE} above JOIN division USING (level, code)
          WHERE above.id = ANY (string_to_array(trim('/' FROM node.path), '/')::bigint[]))
)
DELETE FROM division USING orphan
WHERE division.level = orphan.level AND division.code = orphan.code
  AND orphan.parent_code NOT IN (SELECT code FROM adopted)
RETURNING line,
          CASE WHEN orphan.parent_code = '' THEN '缺少上级代码'
               ELSE '找不到上级：上一层级没有代码为 ' || orphan.parent_code || ' 的区划' END,
          division.code, name, level_name, division.parent_code
"""

ROOT = """
INSERT INTO division_kept
SELECT level, code, parent_code FROM division WHERE code = %(root)s ORDER BY level LIMIT 1
"""

KEEP_CHILDREN = """
INSERT INTO division_kept
SELECT child.level, child.code, child.parent_code FROM division child
JOIN division_kept parent ON parent.level = child.level - 1 AND parent.code = child.parent_code
WHERE child.level = %(level)s
ON CONFLICT DO NOTHING
"""

KEEP_PARENTS = """
INSERT INTO division_kept
SELECT DISTINCT parent.level, parent.code, parent.parent_code FROM division parent
JOIN division_kept child ON parent.level = child.level - 1 AND parent.code = child.parent_code
WHERE parent.level = %(level)s
ON CONFLICT DO NOTHING
"""

DROP_OTHERS = """
DELETE FROM division
WHERE NOT EXISTS (
    SELECT 1 FROM division_kept kept WHERE kept.level = division.level AND kept.code = division.code)
"""

KNOWN = f"""
INSERT INTO division_known
SELECT node.id, d.level, d.code, d.parent_code, d.name, d.initials, d.kind_id, node.parent_id, node.path,
       node.name <> d.name, node.valid_to IS NOT NULL, node.kind_id IS NULL AND d.kind_id IS NOT NULL
FROM division d JOIN {TREE} node ON node.level = d.level AND node.code = d.code
"""

ROOT_PATH = """
SELECT known.old_path FROM division_known known
WHERE known.code = %(root)s AND known.level = (SELECT min(level) FROM division WHERE code = %(root)s)
"""

TOP_PATHS = """
SELECT top.old_path FROM division_known top
WHERE NOT EXISTS (SELECT 1 FROM division WHERE division.level = top.level - 1 AND division.code = top.parent_code)
"""

COUNT_KNOWN = "SELECT count(*) FROM division_known"

ONLY_CHILDREN = """
SELECT parent.old_path, min(child.old_path) FROM division_known parent
JOIN division ON division.level = parent.level + 1 AND division.parent_code = parent.code
LEFT JOIN division_known child ON child.level = division.level AND child.code = division.code
WHERE parent.old_path = ANY (%(paths)s)
GROUP BY parent.old_path HAVING count(*) = 1 AND count(child.id) = 1
"""

# Units of their own (bases, workshops) are in no list and therefore never missing.
MISSING = f"""
INSERT INTO division_missing
SELECT node.id FROM unnest(%(paths)s::text[], %(ends)s::text[]) AS scope(path, path_end)
JOIN {TREE} node ON node.path >= scope.path AND node.path < scope.path_end
LEFT JOIN division_known known ON known.id = node.id
WHERE known.id IS NULL AND node.valid_to IS NULL AND node.level < {Level.UNIT.value}
"""

RENAMED = f"""
SELECT node.id, node.level, node.name, node.kind_id FROM division_known known JOIN {TREE} node USING (id)
WHERE known.is_renamed
"""

KEEP_KINDS = """
UPDATE division_known SET gets_kind = id <> ALL (%(ids)s::bigint[]) OR gets_kind WHERE is_renamed
"""

FORMER_NAMES = f"""
INSERT INTO {FORMER} (organization_id, name, used_until)
SELECT node.id, node.name, %(valid_on)s FROM division_known known JOIN {TREE} node USING (id) WHERE known.is_renamed
"""

# Both go level by level downwards, so that the parent stands in the tree with its new path.
UPDATE = f"""
UPDATE {TREE} node
SET name = known.name, initials = known.initials, parent_id = parent.id,
    path = coalesce(parent.path, '/') || known.id || '/', valid_to = NULL, successor_id = NULL,
    kind_id = CASE WHEN known.gets_kind THEN known.kind_id ELSE node.kind_id END
FROM division_known known
LEFT JOIN {TREE} parent ON parent.level = known.level - 1 AND parent.code = known.parent_code
WHERE known.level = %(level)s AND known.id = node.id
  AND (known.is_renamed OR known.is_reopened OR known.gets_kind OR known.initials <> node.initials
       OR coalesce(parent.path, '/') || known.id || '/' <> node.path)
"""

INSERT = f"""
WITH numbered AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('{TREE}', 'id')) AS id, d.* FROM division d
    WHERE d.level = %(level)s AND NOT EXISTS (
        SELECT 1 FROM division_known known WHERE known.level = d.level AND known.code = d.code)
)
INSERT INTO {TREE} (id, parent_id, path, level, kind_id, code, name, initials, valid_from)
SELECT d.id, parent.id, coalesce(parent.path, '/') || d.id || '/', d.level, d.kind_id, d.code, d.name, d.initials,
       %(valid_from)s::date
FROM numbered d LEFT JOIN {TREE} parent ON parent.level = d.level - 1 AND parent.code = d.parent_code
"""

COUNTS = f"""
SELECT count(*) FILTER (WHERE known.is_renamed),
       count(*) FILTER (WHERE known.old_parent_id <> node.parent_id),
       count(*) FILTER (WHERE known.is_reopened),
       count(*) FILTER (
           WHERE NOT (known.is_renamed OR known.is_reopened) AND known.old_parent_id IS NOT DISTINCT FROM node.parent_id)
FROM division_known known JOIN {TREE} node USING (id)
"""

# What hangs below a moved division and is not in the list itself (units, closed divisions) moves with its nearest
# ancestor that is.
MOVE_OTHERS = f"""
WITH moved AS MATERIALIZED (
    SELECT known.old_path, node.path FROM division_known known JOIN {TREE} node USING (id)
    WHERE known.old_path <> node.path
), nearest AS (
    SELECT DISTINCT ON (below.id) below.id, moved.path, moved.old_path
    FROM moved JOIN {TREE} below ON below.path > moved.old_path AND below.path < left(moved.old_path, -1) || '0'
    ORDER BY below.id, length(moved.old_path) DESC
)
UPDATE {TREE} node SET path = nearest.path || substr(node.path, length(nearest.old_path) + 1)
FROM nearest WHERE nearest.id = node.id
"""

CLOSE = f"""
UPDATE {TREE} node SET valid_to = greatest(%(valid_on)s::date, node.valid_from)
FROM division_missing WHERE division_missing.id = node.id
RETURNING node.code, node.name
"""

COUNT_UNITS_BELOW_CLOSED = f"""
SELECT count(*) FROM {TREE} unit JOIN division_missing ON division_missing.id = unit.parent_id
WHERE unit.level = {Level.UNIT.value} AND unit.valid_to IS NULL
"""
