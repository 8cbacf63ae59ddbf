/// One open stream. Free again when nobody holds it: an answer that is never written frees it too.
final class StreamSeat: Sendable {
    private let seats: StreamSeats

    init(in seats: StreamSeats) { self.seats = seats }

    deinit { seats.free() }
}
