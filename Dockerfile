# syntax=docker/dockerfile:1
# The app: web server, mail worker and commands, by what it is told to run.

FROM python:3.11-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --no-deps -r requirements.lock
COPY manage.py requirements.lock ./
COPY openletters openletters
COPY signatures signatures
COPY templates templates
COPY fixtures fixtures
COPY docs/guide docs/guide
# Hashed names, and compressed beforehand; nothing of it depends on a setting.
RUN /venv/bin/python -m babel.messages.frontend compile --domain django -d signatures/locale \
    && /venv/bin/python manage.py collectstatic --no-input && /venv/bin/python -m compileall -q .

FROM python:3.11-slim-trixie
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin openletters
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Without I/O: a database that is away is no reason to start the app anew.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["python", "manage.py", "serve"]
