/// An item as it comes back.
package struct ClonedItem: Sendable, Equatable {
    package var item: ItemName
    package var nature: CopyNature
    package var bytes: Int64
    /// SHA-256, hexadecimal.
    package var digest: String
    package var changedMilliseconds: Int64
    /// Who has it like this.
    package var hosts: [String]
    /// Whether another version stands under the name, and this one is to be kept beside it.
    package var isBeside: Bool
}

/// Where items come back to. They come in an order that reads each stored file once where it can.
package protocol CopySink: Sendable {
    /// Whether it is wanted: what came back before it was broken off is not.
    func wants(_ item: ClonedItem) async throws(CopyError) -> Bool
    /// The next bytes of an item. They may not be the last, nor right, before `finish`.
    func take(_ bytes: [UInt8], of item: ClonedItem) async throws(CopyError)
    /// All bytes came, and are those of the digest: now it counts.
    func finish(_ item: ClonedItem) async throws(CopyError)
    /// It cannot come back whole; what came of it is not to be used.
    func drop(_ item: ClonedItem, because error: CopyError) async
}
