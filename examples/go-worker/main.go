// A worker in Go, with the standard library alone: JSON over HTTP, no generated code.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

type object = map[string]any

// claimed is what the server gives a worker: an assignment, and the token that reports on it need.
type claimed struct {
	ClaimToken string
	Assignment struct {
		WorkflowID, State, Role string
		Requirements            struct {
			Conformance map[string]struct { // of `baton conformance worker`: what to do in which phase
				WorkSeconds float64
				Answer      object
			}
		}
	}
}

// refusal is an answer other than success. Code is `aborted`, `invalid_argument`, `unavailable` and so on.
type refusal struct{ Code, Message string }

var (
	server   = env("BATON_SERVER", "http://127.0.0.1:7481")
	lease, _ = time.ParseDuration(env("BATON_LEASE_SECONDS", "30") + "s")
	roles    = env("BATON_ROLES", "q_assistant,code_writer,test_auditor,verification_overseer,release_manager")
	offer    = object{"worker": fmt.Sprintf("go-%d", os.Getpid()), "roles": strings.Split(roles, ","),
		"lease": seconds(lease), "principal": object{"kind": "program"}}
	// What the report of a failed attempt calls the refusal of its output.
	ofTheOutput = map[string]string{"invalid_argument": "invalid_input",
		"failed_precondition": "gate_not_passed", "resource_exhausted": "limit_exceeded"}
)

// perform is what the role does. It stops when ctx is done: the work is not wanted any more.
func perform(ctx context.Context, work claimed) object {
	step, isTest := work.Assignment.Requirements.Conformance[work.Assignment.State]
	if !isTest {
		return answers[work.Assignment.State]
	}
	select {
	case <-time.After(time.Duration(step.WorkSeconds * float64(time.Second))):
	case <-ctx.Done():
	}
	return step.Answer
}

func main() {
	stopping, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	for stopping.Err() == nil {
		var reply struct{ Work []claimed }
		request := object{"offers": []object{offer}, "wait": "20s"}
		if refused := call(stopping, "AssignmentService/PollWork", request, &reply); refused != nil {
			log.Println("no work for now:", refused.Message)
			time.Sleep(time.Second)
		}
		for work := reply.Work; len(work) > 0; {
			work = workOn(stopping, work[0])
		}
	}
}

// workOn performs an assignment and reports it. It returns what follows in the same workflow, if anything.
func workOn(stopping context.Context, work claimed) []claimed {
	working, lose := context.WithCancel(context.Background())
	defer lose()
	go keep(working, lose, work)
	result := perform(working, work)
	if working.Err() != nil {
		log.Println("the claim is lost:", work.Assignment.State)
		return nil
	}
	request := object{"role": work.Assignment.Role, "completedState": work.Assignment.State, "result": result}
	if stopping.Err() == nil {
		request["takeNext"] = []object{offer}
	}
	var reply struct{ Next *claimed }
	refused := report(work, "WorkflowService/AdvanceWorkflow", request, &reply)
	if refused == nil && reply.Next != nil {
		return []claimed{*reply.Next}
	}
	if refused != nil && ofTheOutput[refused.Code] != "" {
		refused = report(work, "AssignmentService/FailAttempt", object{"code": ofTheOutput[refused.Code],
			"message": refused.Message, "retryable": true, "retryAfter": "5s"}, &object{})
	}
	if refused != nil { // such as `aborted`: the claim is lost, and another report counts
		log.Println("the report was refused:", refused.Message)
	}
	return nil
}

// keep renews the claim at a third of the lease, and calls lose when it is lost.
func keep(working context.Context, lose func(), work claimed) {
	for working.Err() == nil {
		select {
		case <-time.After(lease / 3):
			var reply struct{ Renewed bool }
			refused := call(working, "AssignmentService/RenewClaim", object{"workflowId": work.Assignment.WorkflowID,
				"claimToken": work.ClaimToken, "lease": seconds(lease)}, &reply)
			if refused == nil && !reply.Renewed {
				lose()
			}
		case <-working.Done():
		}
	}
}

// report sends a report until the server has answered. Sent twice, it takes effect once: by its request id.
func report(work claimed, method string, request object, reply any) (refused *refusal) {
	request["workflowId"] = work.Assignment.WorkflowID
	request["claimToken"] = work.ClaimToken
	request["requestId"] = work.ClaimToken + method
	for try := 0; try < 100; try++ {
		refused = call(context.Background(), method, request, reply)
		if refused == nil || refused.Code != "unavailable" {
			return refused
		}
		time.Sleep(time.Second)
	}
	return refused
}

// call is an RPC of the Connect protocol: a POST of JSON. What gets no answer is `unavailable`.
func call(ctx context.Context, method string, request, reply any) *refusal {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	body, err := json.Marshal(request)
	if err != nil {
		return &refusal{"invalid_argument", err.Error()}
	}
	post, _ := http.NewRequestWithContext(ctx, "POST", server+"/baton.v1."+method, bytes.NewReader(body))
	post.Header.Set("content-type", "application/json")
	if token := os.Getenv("BATON_TOKEN"); token != "" {
		post.Header.Set("authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(post)
	if err != nil {
		return &refusal{"unavailable", err.Error()}
	}
	defer response.Body.Close()
	refused := refusal{"unavailable", response.Status}
	if response.StatusCode == http.StatusOK {
		err = json.NewDecoder(response.Body).Decode(reply)
	} else {
		err = json.NewDecoder(response.Body).Decode(&refused)
	}
	if err == nil && response.StatusCode == http.StatusOK {
		return nil
	}
	return &refused
}

func seconds(duration time.Duration) string { return fmt.Sprintf("%gs", duration.Seconds()) }

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
