package directory

// ahead calls consume with what produce yields, while produce, in a goroutine of its
// own, is already at the next one. It returns when both have ended: with the error of
// consume, after which yield returns false, or with that of produce. A panic of produce
// becomes the caller's.
func ahead[T any](produce func(yield func(T) bool) error, consume func(T) error) error {
	items, stop := make(chan T), make(chan struct{})
	var produced error
	var panicked any
	go func() {
		defer close(items)
		defer func() { panicked = recover() }()
		produced = produce(func(item T) bool {
			select {
			case items <- item:
				return true
			case <-stop:
				return false
			}
		})
	}()
	consumed := consumeAll(items, stop, consume)
	if panicked != nil {
		panic(panicked)
	}
	if consumed != nil {
		return consumed
	}
	return produced
}

// consumeAll calls consume until it fails or there are no more items, and returns
// after the channel was closed.
func consumeAll[T any](items <-chan T, stop chan<- struct{}, consume func(T) error) error {
	defer func() {
		close(stop)
		for range items { // the one that was ready
		}
	}()
	for item := range items {
		if err := consume(item); err != nil {
			return err
		}
	}
	return nil
}
