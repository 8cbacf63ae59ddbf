/// One open stream. Free again when nobody holds it: an answer that is never written frees it too.
final class StreamSlot: Sendable {
    private let slots: StreamLimit

    init(in slots: StreamLimit) { self.slots = slots }

    deinit { slots.free() }
}
