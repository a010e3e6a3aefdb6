# Written from the README's steps and not tested by our own build, which has no container engine.
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
        python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home readiness && mkdir /data && chown readiness /data
WORKDIR /srv/readiness
COPY requirements.txt .
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY app.py .
COPY readiness readiness
COPY templates templates
COPY static static
USER readiness
# The database, its backups and history.key, of which a copy is to be kept elsewhere.
ENV READINESS_DATA=/data
VOLUME /data
EXPOSE 8000
# Any name it answers to does. It runs inside, so no address of the machine is asked.
HEALTHCHECK --interval=30s --start-period=30s CMD [".venv/bin/python", "-c", "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/ready', headers={'Host': os.environ['READINESS_HOSTS'].split(',')[0].strip()}))"]
CMD [".venv/bin/python", "-m", "gunicorn", "--config", "python:readiness.serving", \
     "--bind", "0.0.0.0:8000", "app:create_app()"]
