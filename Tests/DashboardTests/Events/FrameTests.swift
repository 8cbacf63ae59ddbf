internal import Testing

@testable internal import Dashboard

@Suite struct FrameTests {
    @Test(arguments: [
        (ServerSentEvent(id: "7", event: "change", data: "{}"), "id: 7\nevent: change\ndata: {}\n\n"),
        (ServerSentEvent(event: "status", data: ""), "event: status\ndata: \n\n"),
        (ServerSentEvent(event: "a", data: "1\n2\r\n3\r4"), "event: a\ndata: 1\ndata: 2\ndata: 3\ndata: 4\n\n"),
        (ServerSentEvent(event: "a", data: "\n\n"), "event: a\ndata: \ndata: \ndata: \n\n"),
        (ServerSentEvent(event: "a", data: "1\n\r\n2"), "event: a\ndata: 1\ndata: \ndata: 2\n\n"),
        (
            ServerSentEvent(id: "1\ndata: x\0", event: "a\r\nid: 9", data: " é"),
            "id: 1data: x\nevent: aid: 9\ndata:  é\n\n"
        ),
    ])
    func noDataCanEndItsLine(event: ServerSentEvent, frame: String) {
        #expect(event.frame == frame)
    }

    @Test func ofStandingsOnlyTheNewestWaits() {
        var backlog = EventBacklog()
        for number in 0..<1000 {
            backlog.add(ServerSentEvent(event: "status", data: "\(number)"))
            if number % 100 == 0 { backlog.add(ServerSentEvent(event: "change", data: "c\(number)")) }
        }
        let events = backlog.takeAll()
        #expect(events.count == 11)
        #expect(events.last?.data == "999")
        #expect(events.first?.data == "c0")
        #expect(backlog.isEmpty)
    }

    @Test func ofChangesTheOldestGoFirst() {
        var backlog = EventBacklog()
        backlog.add(ServerSentEvent(event: "status", data: "s"))
        for number in 0..<1000 { backlog.add(ServerSentEvent(event: "change", data: "\(number)")) }
        let events = backlog.takeAll()
        #expect(events.count == EventBacklog.mostChanges + 1)
        #expect(events.first?.event == "status")
        #expect(events[1].data == "\(1000 - EventBacklog.mostChanges)" && events.last?.data == "999")
    }
}
