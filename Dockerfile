# The npm package, built from this tree and installed as an operator would install it.
FROM node:22-bookworm-slim AS package
WORKDIR /source
COPY . .
RUN npm pack --pack-destination /

FROM node:22-bookworm-slim
# Its install script would fetch kernels for graphics cards, which nothing here uses.
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY --from=package /rollproof-*.tgz /tmp/
RUN npm install --global --no-audit --no-fund /tmp/rollproof-*.tgz && rm -rf /tmp/* /root/.npm \
  && install -d -o node -g node -m 700 /data
USER node
ENV ROLLPROOF_DATA_DIR=/data
VOLUME /data
WORKDIR /data
# Node is the process that gets the signals, and ends a role in order.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/usr/local/lib/node_modules/rollproof/dist/cli/main.js"]
CMD ["--help"]
