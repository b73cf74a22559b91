"""The statements of the division import, in the order in which they run. Temporary tables end with the transaction.

division_stage    the file as it is, one row per line with four cells
division          the rows that can be taken, unique by (level, code)
division_kept     with --root: what lies in the subtree, and its ancestors
division_placed   the same rows with id, parent and path, beside what the tree had before
division_missing  what the tree has in the list's scope, and the list has not
"""

from organizations.models import FormerName, Level, Organization

TREE = Organization._meta.db_table
FORMER = FormerName._meta.db_table

TABLES = """
CREATE TEMPORARY TABLE division_stage (
    line integer, code text COLLATE "C", name text, level_name text, level smallint, parent_code text COLLATE "C",
    initials text, kind_id bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE division (
    line integer, code text COLLATE "C", name text, level smallint, parent_code text COLLATE "C",
    initials text, kind_id bigint, PRIMARY KEY (level, code)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE division_kept (
    level smallint, code text COLLATE "C", parent_code text COLLATE "C", PRIMARY KEY (level, code)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE division_placed (
    id bigint, parent_id bigint, path text COLLATE "C", level smallint, code text COLLATE "C", name text,
    initials text, kind_id bigint,
    old_path text COLLATE "C", is_renamed boolean, is_moved boolean, is_reopened boolean, gets_kind boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE division_missing (id bigint) ON COMMIT DROP;
"""

COPY_STAGE = "COPY division_stage (line, code, name, level_name, level, parent_code, initials, kind_id) FROM STDIN"

IS_GOOD = "code ~ '^[0-9]{12}$' AND name <> '' AND length(name) <= 60 AND level IS NOT NULL"

# Of several lines with the same code on the same level the first one counts.
GOOD_ROWS = f"""
INSERT INTO division
SELECT line, code, name, level, parent_code, initials, kind_id FROM division_stage WHERE {IS_GOOD} ORDER BY line
ON CONFLICT DO NOTHING
"""

BAD_ROWS = f"""
SELECT line,
       CASE WHEN code = '' THEN '代码为空'
            WHEN code !~ '^[0-9]{{12}}$' THEN '代码应为 12 位数字'
            WHEN name = '' THEN '名称为空'
            WHEN length(name) > 60 THEN '名称超过 60 个字'
            ELSE '不认识的层级，应为 province、city、county、township 或 village' END,
       code, name, level_name, parent_code
FROM division_stage WHERE NOT ({IS_GOOD}) OR level IS NULL
"""

DUPLICATES = f"""
SELECT stage.line, '与第 ' || division.line || ' 行重复：同一层级已有这个代码',
       stage.code, stage.name, stage.level_name, stage.parent_code
FROM division_stage stage JOIN division USING (level, code)
WHERE stage.line <> division.line AND {IS_GOOD.replace("name", "stage.name").replace("code", "stage.code")}
"""

# A parent outside the list must be in the tree, open, and not in a part that the list itself describes.
ORPHANS = f"""
WITH orphan AS MATERIALIZED (
    SELECT child.* FROM division child
    LEFT JOIN division parent ON parent.level = child.level - 1 AND parent.code = child.parent_code
    WHERE child.level = %(level)s AND parent.code IS NULL
), adopted AS MATERIALIZED (
    SELECT node.code FROM {TREE} node
    WHERE node.level = %(level)s - 1 AND node.valid_to IS NULL AND node.code IN (SELECT parent_code FROM orphan)
      AND NOT EXISTS (
          SELECT 1 FROM {TREE} above JOIN division USING (level, code)
          WHERE above.id = ANY (string_to_array(trim('/' FROM node.path), '/')::bigint[]))
), gone AS (
    DELETE FROM division USING orphan
    WHERE division.level = orphan.level AND division.code = orphan.code
      AND orphan.parent_code NOT IN (SELECT code FROM adopted)
    RETURNING division.line, division.parent_code
)
SELECT line,
       CASE WHEN gone.parent_code = '' THEN '缺少上级代码'
            ELSE '找不到上级：上一层级没有代码为 ' || gone.parent_code || ' 的区划' END,
       stage.code, stage.name, stage.level_name, stage.parent_code
FROM gone JOIN division_stage stage USING (line)
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

PLACE = f"""
WITH numbered AS MATERIALIZED (
    SELECT d.level, d.code, d.name, d.initials, d.kind_id, d.parent_code, old.path AS old_path,
           old.parent_id AS old_parent_id, old.name <> d.name AS is_renamed, old.valid_to IS NOT NULL AS is_reopened,
           old.kind_id IS NULL AND d.kind_id IS NOT NULL AS gets_kind,
           coalesce(old.id, nextval(pg_get_serial_sequence('{TREE}', 'id'))) AS id
    FROM division d LEFT JOIN {TREE} old ON old.level = d.level AND old.code = d.code
    WHERE d.level = %(level)s
)
INSERT INTO division_placed
SELECT d.id, coalesce(p.id, q.id), coalesce(p.path, q.path, '/') || d.id || '/' AS path,
       d.level, d.code, d.name, d.initials, d.kind_id, d.old_path, d.is_renamed,
       d.old_parent_id IS DISTINCT FROM coalesce(p.id, q.id) AS is_moved, d.is_reopened, d.gets_kind
FROM numbered d
LEFT JOIN division_placed p ON p.level = d.level - 1 AND p.code = d.parent_code
LEFT JOIN {TREE} q ON p.id IS NULL AND q.level = d.level - 1 AND q.code = d.parent_code
"""

ROOT_PATH = """
SELECT old_path FROM (SELECT old_path FROM division_placed WHERE code = %(root)s ORDER BY level LIMIT 1) root
WHERE old_path IS NOT NULL
"""

TOP_PATHS = """
SELECT top.old_path FROM division_placed top
WHERE top.old_path IS NOT NULL AND NOT EXISTS (SELECT 1 FROM division_placed parent WHERE parent.id = top.parent_id)
"""

COUNT_KEPT = "SELECT count(*) FROM division_placed WHERE old_path IS NOT NULL"

ONLY_CHILDREN = """
SELECT parent.old_path, min(child.old_path) FROM division_placed parent
JOIN division_placed child ON child.parent_id = parent.id
WHERE parent.old_path = ANY (%(paths)s)
GROUP BY parent.old_path HAVING count(*) = 1 AND min(child.old_path) IS NOT NULL
"""

# Units of their own (bases, workshops) are in no list and therefore never missing.
MISSING = f"""
INSERT INTO division_missing
SELECT node.id FROM unnest(%(paths)s::text[], %(ends)s::text[]) AS scope(path, path_end)
JOIN {TREE} node ON node.path >= scope.path AND node.path < scope.path_end
LEFT JOIN division_placed placed ON placed.id = node.id
WHERE placed.id IS NULL AND node.valid_to IS NULL AND node.level < {Level.UNIT.value}
"""

COUNTS = """
SELECT count(*) FILTER (WHERE old_path IS NULL),
       count(*) FILTER (WHERE is_renamed),
       count(*) FILTER (WHERE old_path IS NOT NULL AND is_moved),
       count(*) FILTER (WHERE old_path IS NOT NULL AND is_reopened),
       count(*) FILTER (WHERE old_path IS NOT NULL AND NOT (is_renamed OR is_moved OR is_reopened)),
       count(*) FILTER (WHERE old_path IS NOT NULL)
FROM division_placed
"""

RENAMED = f"""
SELECT node.id, node.level, node.name, node.kind_id FROM division_placed placed JOIN {TREE} node USING (id)
WHERE placed.is_renamed
"""

KEEP_KINDS = """
UPDATE division_placed SET gets_kind = id <> ALL (%(ids)s::bigint[]) OR gets_kind WHERE is_renamed
"""

FORMER_NAMES = f"""
INSERT INTO {FORMER} (organization_id, name, used_until)
SELECT node.id, node.name, %(valid_on)s FROM division_placed placed JOIN {TREE} node USING (id) WHERE placed.is_renamed
"""

# What hangs below a moved division and is not in the list itself (units, closed divisions) moves with its nearest
# ancestor that is.
MOVE_OTHERS = f"""
UPDATE {TREE} node SET path = nearest.path || substr(node.path, length(nearest.old_path) + 1)
FROM (
    SELECT DISTINCT ON (below.id) below.id, placed.path, placed.old_path
    FROM division_placed placed
    JOIN {TREE} below ON below.path > placed.old_path AND below.path < left(placed.old_path, -1) || '0'
    LEFT JOIN division_placed listed ON listed.id = below.id
    WHERE placed.old_path <> placed.path AND listed.id IS NULL
    ORDER BY below.id, length(placed.old_path) DESC
) nearest
WHERE nearest.id = node.id
"""

UPDATE = f"""
UPDATE {TREE} node
SET name = placed.name, initials = placed.initials, parent_id = placed.parent_id, path = placed.path,
    valid_to = NULL, successor_id = NULL,
    kind_id = CASE WHEN placed.gets_kind THEN placed.kind_id ELSE node.kind_id END
FROM division_placed placed
WHERE placed.id = node.id
  AND (placed.is_renamed OR placed.is_moved OR placed.is_reopened OR placed.gets_kind
       OR placed.path <> placed.old_path OR placed.initials <> node.initials)
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

INSERT = f"""
INSERT INTO {TREE} (id, parent_id, path, level, kind_id, code, name, initials, valid_from)
SELECT id, parent_id, path, level, kind_id, code, name, initials, %(valid_from)s::date
FROM division_placed WHERE level = %(level)s AND old_path IS NULL
"""
