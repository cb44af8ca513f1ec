# The service and its seed: `docker build -t dossier . && docker run -p 8000:8000 dossier`

FROM python:3.13.12-slim-bookworm AS build
# A Debian release has only one version of make, and only the build stage uses it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/dossier
COPY Makefile pyproject.toml requirements.lock README.md ./
RUN make install PYTHON=python3

FROM python:3.13.12-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin dossier \
    && install --directory --owner=dossier --group=dossier /data
WORKDIR /srv/dossier
COPY --from=build /srv/dossier/.venv .venv
COPY pyproject.toml ./
COPY migrations migrations
COPY app app
COPY docs docs
COPY seed seed
# The user at run time cannot write here, so Python would compile the code at each start.
RUN python -m compileall -q app
ENV PATH=/srv/dossier/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DOSSIER_HOST=0.0.0.0 \
    DOSSIER_PORT=8000 \
    DOSSIER_DATABASE_URL=sqlite:////data/dossier.db
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-m", "app.ready"]
ENTRYPOINT ["dossier"]
CMD ["serve"]
