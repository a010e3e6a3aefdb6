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
ENV READINESS_DATA=/data
VOLUME /data
EXPOSE 8000
CMD [".venv/bin/python", "-m", "gunicorn", "--config", "python:readiness.serving", \
     "--bind", "0.0.0.0:8000", "app:create_app()"]
