"""Calls Corridor by python3-grpcio: `grpcio_client.py HOST:PORT DESCRIPTOR_SET`.

Prints a line for each promise that is kept, and ends with an error at the first that is not.
"""
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ADDRESS, DESCRIPTOR_SET = sys.argv[1:3]
MEMBERSTATES = "corridor.memberstates.v1"
GATEWAY = "corridor.gateway.v1"
DEADLINE_S = 30

pool = descriptor_pool.DescriptorPool()
with open(DESCRIPTOR_SET, "rb") as file:
    for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(proto)
factory = message_factory.MessageFactory(pool)


def message(type_name, /, **fields):
    return factory.GetPrototype(pool.FindMessageTypeByName(type_name))(**fields)


def method(channel, name):
    """A callable of the method `package.Service/Method`, of the kind that it is."""
    service, _, short = name.partition("/")
    described = pool.FindServiceByName(service).FindMethodByName(short)
    make = channel.unary_stream if described.server_streaming else channel.unary_unary
    answer = factory.GetPrototype(described.output_type)
    return make(f"/{name}", type(message(described.input_type.full_name)).SerializeToString, answer.FromString)


def kept(promise, holds=True):
    if not holds:
        sys.exit(f"not so: {promise}")
    print(promise)


def refusal(call):
    """The error that a call ends with."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    sys.exit("not so: it is refused")


def count(**fields):
    return message(f"{MEMBERSTATES}.CountMembershipsRequest", parent="organisations/IOM", status=1, **fields)


with grpc.insecure_channel(ADDRESS) as channel:
    call = method(channel, f"{MEMBERSTATES}.Memberships/CountMemberships")
    answer, rpc = call.with_call(count(as_of="2018-01-01"), timeout=DEADLINE_S)
    kept("a unary call is answered", answer.certain == 169)
    kept("with the version that it is of", "corridor-version" in dict(rpc.initial_metadata() + rpc.trailing_metadata()))

    answer = call(count(as_of="2018-01-01"), timeout=DEADLINE_S, compression=grpc.Compression.Gzip)
    kept("a compressed request is passed on", answer.certain == 169)

    call = method(channel, f"{MEMBERSTATES}.Areas/GetArea")
    error = refusal(lambda: call(message(f"{MEMBERSTATES}.GetAreaRequest", name="areas/NOWHERE"), timeout=DEADLINE_S))
    kept("an error of a service keeps its code", error.code() == grpc.StatusCode.NOT_FOUND)
    kept("its text", "areas/NOWHERE" in error.details())
    kept("and its details", "grpc-status-details-bin" in dict(error.trailing_metadata()))

    call = channel.unary_unary(f"/{MEMBERSTATES}.Areas/GetAraa")
    error = refusal(lambda: call(b"", timeout=DEADLINE_S))
    kept("an unknown method is UNIMPLEMENTED", error.code() == grpc.StatusCode.UNIMPLEMENTED)

    call = method(channel, f"{GATEWAY}.Views/GetAreaProfile")
    profile = call(message(f"{GATEWAY}.GetAreaProfileRequest", area="areas/ARM"), timeout=DEADLINE_S)
    kept("a view of the gateway is an RPC too", profile.area.name == "areas/ARM" and not profile.missing)

    watch = method(channel, f"{GATEWAY}.Changes/WatchChanges")
    events = watch(message(f"{GATEWAY}.WatchChangesRequest", since="0"), timeout=DEADLINE_S)
    kept("a stream is answered", next(events).position != "")
    events.cancel()
    error = refusal(lambda: list(events))
    kept("and can be cancelled", error.code() == grpc.StatusCode.CANCELLED)

    error = refusal(lambda: list(watch(message(f"{GATEWAY}.WatchChangesRequest"), timeout=0.3)))
    kept("a deadline is kept", error.code() == grpc.StatusCode.DEADLINE_EXCEEDED)

    # ServerReflectionRequest.list_services = 7; the answer names each service as text.
    reflect = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
    listed = next(reflect(iter([b"\x3a\x01*"]), timeout=DEADLINE_S))
    for service in ("memberstates.v1.Areas", "indicators.v1.Observations", "programmes.v1.Projects", "gateway.v1.Views"):
        kept(f"reflection names corridor.{service}", f"corridor.{service}".encode() in listed)
