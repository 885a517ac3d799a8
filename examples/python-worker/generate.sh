#!/bin/sh
# Generates the stubs in baton/ from the wire contract. On Debian 12:
#   apt-get install protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
set -eu
cd "$(dirname "$0")"
rm -rf baton
protos=$(cd ../../proto && ls baton/v1/*.proto)
services=$(cd ../../proto && ls baton/v1/*_service.proto)
protoc --proto_path=../../proto --python_out=. $protos
protoc --proto_path=../../proto --grpc_python_out=. \
  --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" $services
