package import Domain

/// A memory as the archive has it, or is to have it.
package struct StoredMemory: Sendable, Equatable {
    package var episode: EpisodeID
    package var memory: Memory
    package var maker: MemoryMaker
    package var madeMilliseconds: Int64

    package init(episode: EpisodeID, memory: Memory, maker: MemoryMaker, madeMilliseconds: Int64) {
        self.episode = episode
        self.memory = memory
        self.maker = maker
        self.madeMilliseconds = madeMilliseconds
    }
}
