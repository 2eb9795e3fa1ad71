/// What hands do (W3C WebDriver Actions); places are in CSS pixels from the corner of what is seen of the page.
extension WebDriver {
    package struct Point: Sendable {
        package var x: Double
        package var y: Double
        package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
    }

    package enum Pointer: String, Sendable, CaseIterable {
        case mouse, touch
    }

    /// Keys by the code points that WebDriver gives them.
    package enum Key: String, Sendable {
        case left = "\u{E012}"
        case up = "\u{E013}"
        case right = "\u{E014}"
        case down = "\u{E015}"
        case home = "\u{E011}"
        case end = "\u{E010}"
        case tab = "\u{E004}"
        case enter = "\u{E007}"
        case space = " "
        case shift = "\u{E008}"
    }

    private func perform(_ sources: [WebDriverValue]) async throws {
        try await post("actions", ["actions": .array(sources)])
    }

    /// Presses and releases keys one after the other.
    package func press(_ keys: [String], with modifier: Key? = nil) async throws {
        let key = { (type: String, value: String) -> WebDriverValue in
            ["type": .string(type), "value": .string(value)]
        }
        var steps = keys.flatMap { [key("keyDown", $0), key("keyUp", $0)] }
        if let modifier { steps = [key("keyDown", modifier.rawValue)] + steps + [key("keyUp", modifier.rawValue)] }
        try await perform([["type": "key", "id": "keyboard", "actions": .array(steps)]])
    }

    package func press(_ key: Key, times: Int = 1, with modifier: Key? = nil) async throws {
        try await press([String](repeating: key.rawValue, count: times), with: modifier)
    }

    /// Holds a key for some milliseconds.
    package func hold(_ key: String, milliseconds: Int, meanwhile body: () async throws -> Void) async throws {
        try await perform([
            [
                "type": "key", "id": "keyboard",
                "actions": [
                    ["type": "keyDown", "value": .string(key)],
                    ["type": "pause", "duration": .number(Double(milliseconds))],
                ],
            ]
        ])
        try await body()
        try await perform([
            ["type": "key", "id": "keyboard", "actions": [["type": "keyUp", "value": .string(key)]]]
        ])
    }

    /// Presses at the first place, moves through all others in small steps, and lets go; each finger its own path. Paths
    /// are of equal length.
    package func drag(_ pointer: Pointer, _ paths: [[Point]]) async throws {
        let sources = paths.enumerated().map { finger, path -> WebDriverValue in
            var steps: [WebDriverValue] = [
                WebDriver.move(to: path[0], milliseconds: 0), ["type": "pointerDown", "button": 0],
            ]
            for (from, to) in zip(path, path.dropFirst()) {
                for step in 1...8 {
                    let part = Double(step) / 8
                    let place = Point(from.x + part * (to.x - from.x), from.y + part * (to.y - from.y))
                    steps.append(WebDriver.move(to: place, milliseconds: 16))
                }
            }
            steps.append(["type": "pointerUp", "button": 0])
            return [
                "type": "pointer", "id": .string("\(pointer.rawValue)-\(finger)"),
                "parameters": ["pointerType": .string(pointer.rawValue)], "actions": .array(steps),
            ]
        }
        try await perform(sources)
    }

    private static func move(to point: Point, milliseconds: Int) -> WebDriverValue {
        [
            "type": "pointerMove", "duration": .number(Double(milliseconds)), "origin": "viewport",
            "x": .number(point.x.rounded()), "y": .number(point.y.rounded()),
        ]
    }

    /// Turns the wheel over a place; down is positive.
    package func wheel(_ point: Point, by amount: Int) async throws {
        try await perform([
            [
                "type": "wheel", "id": "wheel",
                "actions": [
                    [
                        "type": "scroll", "origin": "viewport", "x": .number(point.x.rounded()),
                        "y": .number(point.y.rounded()), "deltaX": 0, "deltaY": .number(Double(amount)), "duration": 0,
                    ]
                ],
            ]
        ])
    }
}
