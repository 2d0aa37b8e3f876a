# The dashboard in one image. Build and run:
#
#   docker build -t icl-explorer --build-arg TORCH_INDEX_ARGS="--index-url <index of CPU builds>" .
#   docker run --read-only --tmpfs /tmp -v icl-data:/data -p 127.0.0.1:8501:8501 icl-explorer

FROM python:3.11-slim AS packages

# Passed to pip for torch alone. Empty: the default index, whose Linux build brings several GB of CUDA libraries.
ARG TORCH_INDEX_ARGS=""

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

COPY requirements.txt constraints.txt deploy/slim.py ./
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv install ${TORCH_INDEX_ARGS} "$(grep '^torch==' requirements.txt)" \
    && python -m pip --python /venv install -c constraints.txt -r requirements.txt \
    && /venv/bin/python slim.py /venv


FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    PATH=/venv/bin:$PATH

WORKDIR /app

COPY --from=packages /venv /venv
COPY . .

# Byte code is compiled here: the root may be read-only at run time. All that is written goes to /data and /tmp.
RUN python -m compileall -q app.py pages dashboard icl_core \
    && useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin explorer \
    && install -d -o explorer -g explorer /data /data/models /data/state

ENV PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data \
    ICL_MODEL_STORE=/data/models \
    ICL_STATE=/data/state \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0

USER explorer
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

CMD ["python", "-m", "streamlit", "run", "app.py"]
