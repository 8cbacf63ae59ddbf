internal import CPlatform

/// A process that ends a child, and what that has started, should we be killed; see `holdfast_guard`.
package struct Guardian: ~Copyable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - leadsGroup: whether the child leads a group, which then goes too.
    ///   - lock: a locked file that it holds until the child is dead.
    package init(of child: SpawnedProcess, leadsGroup: Bool, holding lock: Int32) {
        descriptor = holdfast_guard(child.id, leadsGroup, lock)
    }

    /// Calls it off: the child has ended.
    package consuming func dismiss() { holdfast_guard_dismiss(descriptor) }
}
