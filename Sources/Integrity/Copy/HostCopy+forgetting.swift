package import SecondCopy

extension HostCopy {
    /// What a round is to do beside sending.
    package func take(_ request: inout SyncRequest, _ mark: String?) {
        request.removing = removing
        if mark != nil { (request.isEmptying, request.rewrites) = (true, true) }
    }

    /// A round sent all.
    /// - Parameter mark: what was to be forgotten when it began; nil for nothing.
    /// - Returns: whether nothing of it is left: not while a kind cannot be looked at here, so that it was not emptied, nor
    ///   while objects stay in which it lay.
    package func finish(_ request: SyncRequest, _ mark: String?, by sync: CopySync) async throws -> Bool {
        hasRemoved(request.removing)
        guard let mark else { return true }
        guard await unknownKinds.isDisjoint(with: sync.heldKinds), try await sync.leftOver() == 0 else { return false }
        hasForgotten(mark)
        return true
    }
}
