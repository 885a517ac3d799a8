"""Makes the calls that it reads, one a line, by Debian's grpcio, and prints the code of each."""

import base64
import json
import sys

import grpc

channel = grpc.insecure_channel(sys.argv[1])


def same(data):
    return data


def code_of(call):
    metadata = [] if call["token"] is None else [("authorization", "Bearer " + call["token"])]
    data = base64.b64decode(call["request"])
    try:
        if call["isUnary"]:
            channel.unary_unary(call["path"], same, same)(data, metadata=metadata, timeout=60)
        else:
            stream = channel.unary_stream(call["path"], same, same)(data, metadata=metadata, timeout=60)
            for _ in stream:
                stream.cancel()
                break
        return "ok"
    except grpc.RpcError as error:
        return error.code().name.lower()


for line in sys.stdin:
    print(code_of(json.loads(line)), flush=True)
