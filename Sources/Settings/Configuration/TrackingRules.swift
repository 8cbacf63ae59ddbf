package import Domain

/// For which dispatch keys and project folders nothing is recorded: the content of `tracking.json`.
package struct TrackingRules: Sendable, Equatable, Codable {
    /// Whether anything is recorded at all; by the configuration, not by this file.
    package var isOn = true
    package var stoppedKeys: Set<String> = []
    /// Absolute paths; what lies below is stopped too.
    package var stoppedProjects: Set<String> = []

    enum CodingKeys: String, CodingKey {
        case stoppedKeys = "stopped_keys"
        case stoppedProjects = "stopped_projects"
    }

    package init() {}

    package func isTracked(key: DispatchKey?, project: String) -> Bool {
        guard isOn else { return false }
        if let key, stoppedKeys.contains(key.rawValue) { return false }
        return !stoppedProjects.contains { project == $0 || project.hasPrefix($0 == "/" ? "/" : $0 + "/") }
    }
}
