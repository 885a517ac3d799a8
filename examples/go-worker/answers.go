package main

// answers stand where models, tools or programs of your own would work.
var answers = map[string]object{
	"discovery":      {"summary": "A dark mode", "requirements": []string{"A switch changes the colours"}},
	"planning":       {"steps": []string{"Add a switch"}, "testingStrategy": "Unit tests", "risks": []string{}},
	"implementation": {"summary": "Added a switch", "changedFiles": []string{"app.js"}},
	"testing":        {"testsPassed": 12, "testsFailed": 0, "coveragePercent": 91.5, "securityIssues": []string{}},
	"verification":   {"approved": true, "findings": []string{}},
	"deployment": {"deployed": true, "target": "production",
		"smokeTests": []object{{"name": "home page", "passed": true}}},
}
