import Domain
import Testing

struct IncidentRuleTests {
    @Test func tellsAtTheThresholdOnceAndWhenItIsOver() {
        var rule = IncidentRule(threshold: 3)
        var told = (0..<4).map { _ in rule.failed("a") }
        #expect(told == [false, false, true, false])
        // It became another.
        told = [rule.failed("b"), rule.succeeded(), rule.succeeded(), rule.failed("a")]
        #expect(told == [true, true, false, false])
    }
}
