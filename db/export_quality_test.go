package db

// ForgottenJob is where it is written down until when records are gone.
const ForgottenJob = forgottenJob
