package desk_test

import (
	"testing"

	"go.uber.org/goleak"

	"tandem/play/dbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(dbtest.Main(m)) }
