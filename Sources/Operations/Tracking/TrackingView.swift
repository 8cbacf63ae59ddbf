/// Whether a key or a project is recorded.
package struct TrackingView: Encodable, Sendable {
    package let subject: String
    package let tracked: Bool
    /// `HOLDFAST_DISABLED=1` stands in this environment.
    package let disabled_by_environment: Bool
    package let stopped_keys: [String]
    package let stopped_projects: [String]
}
