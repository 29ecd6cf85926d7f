package sql

import (
	"embed"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed procedures/*.sql
var procedures embed.FS

//go:embed seed
var seed embed.FS

// Migrations is the folder of numbered migration files.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// Procedures is the folder of stored procedures, one a file.
func Procedures() (fs.FS, error) { return fs.Sub(procedures, "procedures") }

// Seed is the folder of seed files: article/ and demo/, one CSV a table.
func Seed() (fs.FS, error) { return fs.Sub(seed, "seed") }
