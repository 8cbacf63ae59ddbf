internal import Glibc
internal import Platform
package import SecondCopy
package import Settings

/// Gets single items out of a second copy, each into a file of its own.
package actor CopyFetch: CopySink {
    /// An item that came whole.
    package struct Fetched: Sendable {
        package let item: ItemName
        package let path: String
        /// With nothing but the item.
        package let folder: String
    }

    private let folder: String
    private let isWanted: @Sendable (ClonedItem) -> Bool
    private let use: @Sendable (Fetched) throws -> Void

    /// - Parameters:
    ///   - folder: is made where it is not there; whoever made this takes it away.
    ///   - isWanted: asked before an item's bytes are.
    ///   - use: gets each item when it came; its file goes afterwards.
    package init(
        _ folder: String, isWanted: @escaping @Sendable (ClonedItem) -> Bool,
        use: @escaping @Sendable (Fetched) throws -> Void
    ) throws(CopyError) {
        self.folder = folder
        self.isWanted = isWanted
        self.use = use
        do throws(FileError) { try Files.makeFolder(folder) } catch { throw CopyError(error) }
    }

    /// Packs are known by their names.
    private func path(_ item: ClonedItem) -> String {
        "\(folder)/\(item.item.kind == .vault ? "00000001.pack" : "item")"
    }

    package func wants(_ item: ClonedItem) throws(CopyError) -> Bool {
        Files.remove(path(item))
        return isWanted(item)
    }

    package func take(_ bytes: [UInt8], of item: ClonedItem) throws(CopyError) {
        do throws(FileError) { try Files.add(bytes[...], to: path(item)) } catch { throw CopyError(error) }
    }

    package func finish(_ item: ClonedItem) throws(CopyError) {
        let path = path(item)
        defer { Files.remove(path) }
        do {
            if !Files.exists(path) { try Files.create(path) }
            try use(Fetched(item: item.item, path: path, folder: folder))
        } catch let error as FileError {
            throw CopyError(error)
        } catch {
            throw .unavailable(reason: "\(item.item) cannot be taken in: \(error)")
        }
    }

    package func drop(_ item: ClonedItem, because error: CopyError) { Files.remove(path(item)) }
}

extension CopyFetch {
    /// Gets items out of the second copy of the settings.
    /// - Parameters:
    ///   - isWanted: which; asked before the bytes of each are.
    ///   - use: gets each when all of it came.
    /// - Returns: why none could be got; nil where the copy was read, or there is none.
    package static func run(
        _ settings: Settings, host: String, _ isWanted: @escaping @Sendable (ClonedItem) -> Bool,
        use: @escaping @Sendable (Fetched) throws -> Void
    ) async -> String? {
        guard let place = RemotePlace(settings, host: host) else { return nil }
        // Whoever waits for something of it must not take it for gone.
        guard settings.configuration.remote.isOn else { return "remote.mode is local-only: it is not asked" }
        removeLeft(in: settings.state)
        let folder = "\(settings.state.copy)/\(prefix)\(HostClock.wallMilliseconds)"
        defer { Files.removeFolder(folder) }
        do throws(CopyError) {
            let sink = try CopyFetch(folder, isWanted: isWanted, use: use)
            let transport = try place.transport(), there = try await transport.look()
            // A copy that holds nothing was asked, and has nothing.
            if there.objects.isEmpty, there.entries.isEmpty { return nil }
            _ = try await CopyClone.run(from: transport, try place.seal(), into: sink)
            return nil
        } catch {
            return "\(error)"
        }
    }

    package static let prefix = "fetched-"

    /// What a killed process left, a day after: words in clear that nobody knows of.
    private static func removeLeft(in state: StateFolder) {
        for name in (try? Files.names(in: state.copy)) ?? [] where name.hasPrefix(prefix) {
            let age = HostClock.wallMilliseconds - (Int64(name.dropFirst(prefix.count)) ?? 0)
            if age > 86_400_000 { Files.removeFolder("\(state.copy)/\(name)") }
        }
    }

    /// The same at once.
    static func removeAll(in state: StateFolder) {
        for name in (try? Files.names(in: state.copy)) ?? [] where name.hasPrefix(prefix) {
            Files.removeFolder("\(state.copy)/\(name)")
        }
    }
}
