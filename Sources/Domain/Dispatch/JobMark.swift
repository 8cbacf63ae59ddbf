/// What tells a background session that a dispatch started from all others: a variable that the dispatch puts into the
/// session's settings, of another value each time.
package enum JobMark {
    package static let variable = "HOLDFAST_JOB"
}
