# The register as one image: the web process, the worker and every other rrn command.
# Build:  docker build -t rrn-register .
# Run:    docker run --read-only --tmpfs /tmp -v register:/data -p 8000:8000 -e RRN_PUBLIC_BASE_URL=… rrn-register
# It listens without TLS and has no defence against slow connections: put it behind a proxy (deploy/nginx.conf).

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
WORKDIR /opt/register

# What is locked changes seldom, so it stands in a layer of its own.
COPY requirements/runtime.lock requirements/runtime.lock
RUN /opt/venv/bin/pip install --require-hashes -r requirements/runtime.lock

COPY pyproject.toml hatch_build.py package.json package-lock.json .npmrc alembic.ini ./
COPY certificates certificates
COPY migrations migrations
COPY templates templates
COPY app app
# Whatever lay in these folders on the machine that builds is left out; the hook brings the assets in anew, from the
# lock alone. There is no npm here: the Node wheel does it and stays behind with this stage.
RUN rm -rf certificates/issued certificates/designs/fonts-vendor app/web/static/vendor \
 && /opt/venv/bin/pip install --no-deps -e . \
 && /opt/venv/bin/python -m compileall -q /opt/venv/lib app migrations \
 && test -s app/web/static/vendor/govuk-frontend.min.css \
 && test -s app/web/static/vendor/qr/decode.js \
 && test -s certificates/designs/fonts-vendor/SourceSans3-Regular.ttf

FROM python:3.12-slim-bookworm
# 10001 owns nothing but /data; code and libraries belong to root and cannot be written by the process.
RUN groupadd --gid 10001 register \
 && useradd --uid 10001 --gid register --home-dir /data --no-create-home --shell /usr/sbin/nologin register \
 && install -d -o register -g register -m 0750 /data \
 && install -d -o register -g register -m 0700 /data/keys-private
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/register /opt/register
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    RRN_DATA_DIR=/data
WORKDIR /opt/register
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["rrn"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--no-worker"]
