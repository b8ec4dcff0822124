# docker build -t sqloop .
# docker run --rm -it -v "$PWD:/work" -v sqloop:/home/asker sqloop --db shop.db
# The volume keeps models and feedback. On Arm (a Mac's Docker, too) llama.cpp has no wheel for Linux: there the starter
# answers, or a model by URL; or add --platform linux/amd64 to both commands.
FROM python:3.12-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --constraint constraints.txt --wheel-dir /wheels .

FROM python:3.12-slim-bookworm
# The versions are those of the wheels: constraints.txt chose them.
# hadolint ignore=DL3013
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels sqloop \
    && useradd --create-home --uid 1000 asker
USER 1000
WORKDIR /work
ENTRYPOINT ["sqloop"]
