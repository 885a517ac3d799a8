module example.org/go-worker

go 1.19
