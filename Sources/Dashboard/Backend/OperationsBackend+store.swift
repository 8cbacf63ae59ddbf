internal import Operations
internal import Transcripts

// What programs keep of sessions with us.
extension OperationsBackend {
    package func store(entries: [UInt8], _ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        let known = knownEntries
        return try await json { try $0.store(entries, in: try query.key, known) }
    }

    package func storedEntries(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await work { try $0.storedEntries(of: try query.key) }
    }

    package func storedSessions(project: String) async throws(BackendError) -> [UInt8] {
        try await json { try $0.storedSessions(of: project) }
    }

    package func storedSubpaths(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await json { try $0.storedSubpaths(of: try query.key) }
    }

    package func storedSummary(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await json { $0.storedSummary(of: try query.key) }
    }

    package func store(summary: [UInt8], _ query: StoreQuery, version: Int) async throws(BackendError) -> [UInt8] {
        try await json { try $0.store(summary: summary, of: try query.key, version: Int64(version)) }
    }

    package func removeStored(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await json { try $0.removeStored(try query.key) }
    }
}

extension StoreQuery {
    fileprivate var key: StoreKey {
        get throws(StoreKeyError) { try StoreKey(project: project, session: session, subpath: subpath) }
    }
}
