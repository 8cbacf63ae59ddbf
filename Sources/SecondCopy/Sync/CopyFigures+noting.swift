/// How figures come about.
extension CopyFigures {
    mutating func note(_ plan: CopyPlan) {
        isPlanned = true
        (lackingItems, lackingBytes) = (plan.lacking.count, plan.lackingBytes)
        oldestLackingMilliseconds = plan.oldestMilliseconds
        withheldRemovals = plan.withheld.values.reduce(0, +)
    }

    /// What was published of it.
    mutating func note(_ draft: RoundDraft, _ plan: CopyPlan) {
        let sent = Set(draft.changes.filter { !$0.isRemoval }.map(\.item))
        (sentItems, removedItems) = (sent.count, draft.changes.count - sent.count)
        (sentBytes, storedBytes) = (draft.sentBytes, draft.objects.reduce(0) { $0 + $1.bytes })
        restlessItems = draft.restless.count
        let left = plan.lacking.filter { !sent.contains($0.item.item) }
        (lackingItems, lackingBytes) = (left.count, left.reduce(0) { $0 + $1.bytes })
        oldestLackingMilliseconds = left.map(\.item.changedMilliseconds).min()
    }

    mutating func note(_ view: CopyView) {
        let merges = view.state.items.filter { $0.value.versions.count > 1 }.map { CopyMerge($0.key, $0.value) }
        (comparedItems, conflicts) = (merges.count, merges.count { $0.conflict != nil })
        hosts = view.state.hosts.count
        lockedMarks = view.lockedMarks
        damagedEntries = view.troubles.values.count { if case .damaged = $0 { true } else { false } }
    }

    /// Nothing could be found out: what was known last.
    mutating func take(_ memory: SyncState) {
        (lackingItems, lackingBytes) = (memory.lackingItems, memory.lackingBytes)
        oldestLackingMilliseconds = memory.oldestLackingMilliseconds
    }
}

extension SyncState {
    mutating func note(_ figures: CopyFigures) {
        (lackingItems, lackingBytes) = (figures.lackingItems, figures.lackingBytes)
        oldestLackingMilliseconds = figures.oldestLackingMilliseconds
    }
}
