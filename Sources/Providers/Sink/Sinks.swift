package import Domain
package import Settings

package enum Sinks {
    /// - Parameter place: where the settings came from, for the error.
    /// - Throws: for a key file that cannot be used.
    package static func open(_ policy: SinkPolicy, place: String) throws(ConfigurationError) -> any Sink {
        switch (policy.kind, policy.speaks) {
        case (.folder, _): FolderSink(policy.path)
        case (.webhook, _): try WebhookSink(policy, place: place)
        case (.graphiti, .rest): try GraphitiSink(policy, place: place)
        case (.graphiti, .mcp): try GraphitiToolSink(policy, place: place)
        }
    }
}
