# `make help` lists what there is. Everything runs by `python -m`, because the scripts that pip writes into a virtual
# environment break when the project's path is long or has a space.

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input -qq
LOCK := $(PYTHON) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate
MANAGE := $(PYTHON) manage.py
# Ends with make, however make ends.
BOUND := exec setpriv --pdeathsig TERM
TEST_DATABASE := $(BOUND) $(PYTHON) -m fedwork.embedded_postgres run .data/test
# Values that are good for nothing but `check --deploy`.
PRETEND_PRODUCTION := env MODE=production SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=fed.example.cn DATABASE_URL=postgresql://fedwork:fedwork@127.0.0.1:5432/fedwork FILES_DIR=/srv/fedwork/files

export PYTHONUNBUFFERED := 1
# Chinese output whatever the terminal's locale is.
export PYTHONUTF8 := 1

.PHONY: help demo run test campaign lint browser lock clean
.DELETE_ON_ERROR:

help: ## 列出全部命令
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

demo: .venv/demo.installed ## 演示：自带数据库和演示数据，打开 127.0.0.1:8000（PORT=8001 可换端口）
	@$(BOUND) $(PYTHON) -m fedwork.demo

run: .venv/run.installed ## 正式运行：需要 SECRET_KEY、ALLOWED_HOSTS、DATABASE_URL、FILES_DIR（环境变量或 .env 文件）
	@MODE=production $(MANAGE) migrate --check >/dev/null || \
		{ echo '无法启动，或数据库结构不是最新；后一种情况请先运行：$(MANAGE) migrate' >&2; exit 1; }
	@MODE=production $(MANAGE) collectstatic --noinput --verbosity 0
	@MODE=production $(BOUND) $(PYTHON) -m gunicorn --bind 127.0.0.1:$(or $(PORT),8000) --workers $(or $(WORKERS),3) fedwork.wsgi

test: export MODE := test
test: lint browser ## 检查代码并运行全部测试（含浏览器测试）；设了 DATABASE_URL 就用那台数据库
	$(TEST_DATABASE) $(MANAGE) makemigrations --check --dry-run
	$(TEST_DATABASE) $(PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)

campaign: export MODE := test
campaign: .venv/test.installed ## 长跑：上千次同时点击（REQUESTS=1000）、几千份胡乱填写的内容（EXAMPLES=2000）、几千本随机的账（LEDGER_RUNS=2000）、记账时反复 kill -9 数据库（KILLS=5），几分钟；次数可改
	$(TEST_DATABASE) $(PYTHON) -m pytest -s campaigns $(ARGS)

lint: .venv/test.installed ## 只检查代码、模板和上线配置
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo --no-cache
	$(PYTHON) -m djlint --lint templates
	@echo 'manage.py check --deploy --fail-level WARNING'
	@$(PRETEND_PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

browser:
	@deploy/install-browser

lock: .venv/bin/pip ## 按 pyproject.toml 重新锁定依赖版本
	$(PIP) install uv==0.13.9
	$(LOCK) --all-extras --output-file requirements-test.lock
	$(LOCK) --extra embedded --constraints requirements-test.lock --output-file requirements-demo.lock
	$(LOCK) --constraints requirements-test.lock --output-file requirements.lock

clean: ## 删除虚拟环境、演示与测试数据库
	rm -rf .venv .data staticfiles

# pip is the last thing that venv makes: without it a killed `make` left half an environment.
.venv/bin/pip:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo '需要 Python 3.11 或更新的版本（命令 python3）。' >&2; exit 1; }
	@python3 -m venv .venv >/dev/null || \
		{ rm -rf .venv; echo '不能建立虚拟环境；Debian 上请先运行：apt-get install python3-venv' >&2; exit 1; }

# Installed anew only when the lock changes; no network is needed otherwise.
.venv/run.installed: requirements.lock
.venv/demo.installed: requirements-demo.lock
.venv/test.installed: requirements-test.lock
.venv/%.installed: | .venv/bin/pip
	@echo '正在安装锁定的依赖（$<）……'
	@$(PIP) install --require-hashes --requirement $< || \
		{ echo '依赖没有装上：第一次安装需要联网，原因见上。' >&2; exit 1; }
	@touch $@
