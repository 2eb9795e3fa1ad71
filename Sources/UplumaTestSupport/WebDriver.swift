import Foundation

/// A headless Chromium with a window of its own, driven through `chromedriver` (W3C WebDriver).
package final class WebDriver: Sendable {
    private let process: WebDriverProcess
    /// The path of the session, under which all its commands are.
    private let session: String

    private static let browsers = ["chromium", "chromium-browser", "google-chrome"]
    private static var programs: (driver: String, browser: String)? {
        guard let driver = WebDriverProcess.path(of: "chromedriver"),
            let browser = browsers.compactMap(WebDriverProcess.path).first
        else { return nil }
        return (driver, browser)
    }

    /// Whether this machine has a browser and its driver.
    package static var isInstalled: Bool { programs != nil }

    /// Runs `body` with a browser, and ends the browser whatever happens.
    package static func run(
        width: Int = 1200, height: Int = 900, _ body: (WebDriver) async throws -> Void
    ) async throws {
        let driver = try await WebDriver(width: width, height: height)
        do {
            try await body(driver)
        } catch {
            try? await driver.quit()
            throw error
        }
        try await driver.quit()
    }

    private init(width: Int, height: Int) async throws {
        guard let programs = WebDriver.programs else {
            throw FFmpegTool.Failure(description: "no chromium and chromedriver on PATH")
        }
        process = try WebDriverProcess(program: programs.driver)
        var arguments: [WebDriverValue] = [
            "--headless=new", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
            // Through a pipe the browser notices the end of its driver, and ends.
            "--remote-debugging-pipe", "--force-color-profile=srgb", "--disable-dev-shm-usage", "--no-first-run",
            .string("--window-size=\(width),\(height)"), .string("--user-data-dir=\(process.folder.file("profile"))"),
        ]
        // Chromium's sandbox does not work for root.
        if getuid() == 0 { arguments.append("--no-sandbox") }
        let capabilities: WebDriverValue = [
            "capabilities": [
                "alwaysMatch": [
                    "goog:chromeOptions": ["binary": .string(programs.browser), "args": .array(arguments)],
                    "goog:loggingPrefs": ["browser": "ALL", "performance": "ALL"],
                ]
            ]
        ]
        let answer = try await WebDriver.send("POST", "/session", capabilities, to: process)
        guard let identifier = answer["sessionId"].string else {
            throw FFmpegTool.Failure(description: "no session: \(answer)")
        }
        session = "/session/\(identifier)"
        try await setViewport(width: width, height: height)
    }

    private func quit() async throws {
        _ = try await WebDriver.send("DELETE", session, nil, to: process)
    }

    // MARK: Commands

    /// The `value` of the answer.
    ///
    /// - Throws: `FFmpegTool.Failure` with the driver's words.
    private static func send(
        _ method: String, _ path: String, _ body: WebDriverValue?, to process: WebDriverProcess
    ) async throws -> WebDriverValue {
        let data = try body.map { try JSONEncoder().encode($0) }
        let (status, bytes) = try await process.connection.send(method, path, data)
        let answer = try JSONDecoder().decode(WebDriverValue.self, from: bytes)["value"]
        guard status == 200 else {
            throw FFmpegTool.Failure(description: "\(path): \(answer["message"].string ?? "\(answer)")")
        }
        return answer
    }

    @discardableResult
    func post(_ command: String, _ body: WebDriverValue) async throws -> WebDriverValue {
        try await WebDriver.send("POST", "\(session)/\(command)", body, to: process)
    }

    /// Opens a file and waits until it is loaded.
    package func open(file: String) async throws {
        try await post("url", ["url": .string(URL(fileURLWithPath: file).absoluteString)])
    }

    /// Runs the body of a function and returns what it returns.
    @discardableResult
    package func evaluate(_ script: String) async throws -> WebDriverValue {
        try await post("execute/sync", ["script": .string(script), "args": []])
    }

    /// Asks until an expression is true.
    ///
    /// - Throws: `FFmpegTool.Failure` when it is not within 20 seconds.
    package func wait(until expression: String) async throws {
        let deadline = Date(timeIntervalSinceNow: 20)
        while try await evaluate("return Boolean(\(expression))").bool != true {
            guard Date() < deadline else { throw FFmpegTool.Failure(description: "never came true: \(expression)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// A command of the Chrome DevTools Protocol.
    @discardableResult
    package func devTools(_ command: String, _ parameters: WebDriverValue = [:]) async throws -> WebDriverValue {
        try await post("goog/cdp/execute", ["cmd": .string(command), "params": parameters])
    }

    /// The size of what a page sees of the window, in CSS pixels, and how many pixels of the screen one of them has.
    package func setViewport(width: Int, height: Int, density: Double = 1, isPhone: Bool = false) async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)),
                "deviceScaleFactor": .number(density), "mobile": .bool(isPhone),
            ])
    }

    /// Clicks in the middle of the first element that a CSS selector finds.
    package func click(_ selector: String) async throws {
        let element = try await post("element", ["using": "css selector", "value": .string(selector)])
        guard case .object(let members) = element, let identifier = members.values.first?.string else {
            throw FFmpegTool.Failure(description: "no element \(selector)")
        }
        try await post("element/\(identifier)/click", [:])
    }

    /// What a log has gathered since it was last asked for: `browser` (the console) or `performance` (events of DevTools).
    package func log(_ type: String) async throws -> [String] {
        try await post("se/log", ["type": .string(type)]).array.compactMap { $0["message"].string }
    }

    /// What the page shows now, in pixels of the screen.
    package func screenshot() async throws -> WebScreenshot {
        let shot = try await devTools("Page.captureScreenshot", ["format": "png"])
        guard let png = shot["data"].string.flatMap({ Data(base64Encoded: $0) }) else {
            throw FFmpegTool.Failure(description: "no screenshot")
        }
        return try WebScreenshot(png: png)
    }
}
