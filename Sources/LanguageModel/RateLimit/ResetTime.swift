/// When a limit is full again, in the four ways providers say it.
enum ResetTime {
    /// - Returns: seconds from now, never negative; nil for what is none of them.
    static func seconds(_ text: String, nowMilliseconds: Int64) -> Double? {
        let now = Double(nowMilliseconds) / 1000
        let text = text.filter { !$0.isWhitespace }
        let seconds: Double
        if let number = Double(text), number.isFinite {
            // Epoch milliseconds, epoch seconds, or a number of seconds.
            seconds = number > 1e11 ? number / 1000 - now : number > 1e8 ? number - now : number
        } else if let instant = WireTime.seconds(text) {
            seconds = instant - now
        } else if let duration = Durations.seconds(text.utf8) {
            seconds = duration
        } else {
            return nil
        }
        return max(seconds, 0)
    }
}
