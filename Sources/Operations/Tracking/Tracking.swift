package import Domain
internal import FoundationEssentials
internal import Glibc
internal import Platform
internal import Settings

/// What is recorded or not: a dispatch key, or what is done in a project folder and below it.
package struct TrackingSubject: Sendable {
    package let key: DispatchKey?
    /// An absolute path without links.
    package let project: String?

    /// - Parameters: as a person gave them; without either the current folder.
    package init(key: String?, project: String?) throws {
        if let key, project == nil {
            self.key = try DispatchKey(key)
            self.project = nil
            return
        }
        let path = project ?? FileManager.default.currentDirectoryPath
        guard let real = Files.realPath(path) else {
            throw Failure(.badInput, "\(path): no such folder; give an existing one")
        }
        self.key = try key.map { try DispatchKey($0) }
        self.project = real
    }

    package var name: String { key?.rawValue ?? project ?? "" }
}

/// Whether a key or a project is recorded.
package struct TrackingView: Encodable, Sendable {
    package let subject: String
    package let tracked: Bool
    /// `HOLDFAST_DISABLED=1` stands in this environment.
    package let disabled_by_environment: Bool
    /// `tracking.enabled` of the configuration.
    package let enabled: Bool
    package let stopped_keys: [String]
    package let stopped_projects: [String]
}

extension Workplace {
    package func tracking(of subject: TrackingSubject) throws -> TrackingView {
        let rules = try settings.trackingRules()
        let isDisabled = settings.environment["HOLDFAST_DISABLED"] == "1"
        return TrackingView(
            subject: subject.name,
            tracked: !isDisabled && rules.isTracked(key: subject.key, project: subject.project ?? ""),
            disabled_by_environment: isDisabled, enabled: rules.isOn, stopped_keys: rules.stoppedKeys.sorted(),
            stopped_projects: rules.stoppedProjects.sorted())
    }

    /// Switches the recording off or on.
    package func setTracking(of subject: TrackingSubject, stopped: Bool) throws {
        // Two at once must not lose one of the changes.
        var lock = try FileLock.take(settings.state.tracking + ".lock")
        let end = ContinuousClock().now + .seconds(5)
        while lock == nil {
            guard ContinuousClock().now < end else {
                throw Failure(
                    .busy, "another process holds \(settings.state.tracking).lock", remedy: "try again in a moment")
            }
            usleep(10_000)
            lock = try FileLock.take(settings.state.tracking + ".lock")
        }
        var rules = try settings.trackingRules()
        if let key = subject.key?.rawValue {
            if stopped { rules.stoppedKeys.insert(key) } else { rules.stoppedKeys.remove(key) }
        }
        if let project = subject.project {
            if stopped { rules.stoppedProjects.insert(project) } else { rules.stoppedProjects.remove(project) }
        }
        try Files.write(String(decoding: JSONEncoder().encode(rules), as: UTF8.self), to: settings.state.tracking)
        _ = consume lock
    }
}
