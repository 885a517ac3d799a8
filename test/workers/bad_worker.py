"""The Python worker with one fault, named by the first argument."""

import os
import signal
import sys
import time
import uuid

import grpc

from baton.v1.assignment_service_pb2 import RenewClaimsRequest, TakeWorkRequest
from baton_worker import Advance, Worker
from baton_worker.claims import Claims
from baton_worker.conformance import scripted
from baton_worker.report import Reporter
from baton_worker.server import duration

perform = scripted
send = Reporter._send


def ignores_withdrawals():
    Claims.withdraw = lambda claims, token: claims._held.pop(token, None)


def never_renews():
    Claims._renew_all = lambda claims: None


def makes_up_request_ids():
    def send_anew(reporter, call, request):
        def call_anew(same, timeout):
            same.request_id = str(uuid.uuid4())
            return call(same, timeout=timeout)

        return send(reporter, call_anew, request)

    Reporter._send = send_anew


def crashes_on_a_refused_output():
    def send_or_crash(reporter, call, request):
        try:
            return send(reporter, call, request)
        except grpc.RpcError as refusal:
            if refusal.code() == grpc.StatusCode.INVALID_ARGUMENT:
                os._exit(1)
            raise

    Reporter._send = send_or_crash


def ignores_sigterm():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal = lambda *_: None


def answers_otherwise():
    global perform

    def perform(attempt):
        asked = scripted(attempt)
        return Advance({**asked.result, "summary": "x"}) if "summary" in asked.result else asked


def ends_when_a_renewal_is_slow():
    def renew_or_end(claims, attempts):
        renew_claims = claims._server.assignments.RenewClaims
        try:
            held = renew_claims(RenewClaimsRequest(claims=claims.messages(), lease=duration(60)), timeout=0.5)
            assert len(held.renewed) == len(attempts)
        except grpc.RpcError:
            os._exit(1)

    Claims._renew = renew_or_end


def asks_once():
    def take_once(worker):
        request = TakeWorkRequest(offers=[worker._offer], capacity=1)
        for told in worker._server.assignments.TakeWork(request):
            worker._hear(told)

    Worker._take_all = take_once


def ends_without_a_server():
    def send_or_end(reporter, call, request):
        def call_or_end(same, timeout):
            try:
                return call(same, timeout=timeout)
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.UNAVAILABLE:
                    os._exit(1)
                raise

        return send(reporter, call_or_end, request)

    Reporter._send = send_or_end


def repeats_what_is_refused():
    def send_always(reporter, call, request):
        while True:
            try:
                return send(reporter, call, request)
            except grpc.RpcError as refusal:
                if refusal.code() != grpc.StatusCode.ABORTED:
                    raise
            time.sleep(0.1)

    Reporter._send = send_always


def leaves_its_claim():
    Worker._stop = lambda worker: os._exit(0)


def ends_badly():
    stop = Worker._stop

    def stop_badly(worker):
        stop(worker)
        os._exit(3)

    Worker._stop = stop_badly


globals()[sys.argv[1]]()
Worker(
    os.environ["BATON_GRPC_SERVER"],
    roles=os.environ["BATON_ROLES"].split(","),
    perform=perform,
    lease=float(os.environ["BATON_LEASE_SECONDS"]),
).run()
