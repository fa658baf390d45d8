# One image for web, worker, clock and migrations; docker-compose.yml says which command runs in which.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
# Before the code, so that a change of the code does not install everything anew.
COPY requirements/app.txt requirements/app.txt
RUN pip install --require-hashes --requirement requirements/app.txt
COPY . .
# Cuts the typeface and collects the static files into the image. Nothing of this needs a secret or a database.
RUN PLM_DATA_DIR=/tmp/build PLM_STATIC_ROOT=/app/collected python manage.py build_assets \
    && python -m compileall -q -j 0 /venv/lib plm ideas backlog roadmap feedback analytics

FROM python:3.12-slim
# Left to itself the C library gives each thread that allocates a heap of its own: 5 MB a process of the web.
ENV MALLOC_ARENA_MAX=2
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PLM_PRODUCTION=1 PLM_DATA_DIR=/data PLM_STATIC_ROOT=/app/collected
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin plm \
    && install --directory --owner plm --group plm /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER plm
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(r.Request(os.environ.get('PROBE_URL', 'http://127.0.0.1:8000/livez'), headers={'Host': os.environ.get('PLM_HOSTS', '127.0.0.1').split(',')[0]}), timeout=4)"]
CMD ["gunicorn", "plm.config.wsgi", "--bind", "0.0.0.0:8000", "--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket"]
