import Testing
import UplumaPipeline

@Suite struct ReorderBufferTests {
    @Test("every order that the window admits comes out in order", arguments: 1...5)
    func everyAdmittedOrder(window: Int) {
        let count = 6
        var leaves = 0
        // Walks the whole tree of arrivals: at each step any admitted number that is still missing may come.
        func walk(_ buffer: ReorderBuffer<Int>, arrived: Set<Int>, delivered: [Int]) {
            if delivered.count == count {
                leaves += 1
                #expect(delivered == Array(0..<count))
                #expect(buffer.isEmpty)
                return
            }
            for number in 0..<count where !arrived.contains(number) && buffer.admits(number) {
                var next = buffer
                var out = delivered
                next.insert(number, number: number)
                while let element = next.popNext() { out.append(element) }
                walk(next, arrived: arrived.union([number]), delivered: out)
            }
        }
        walk(ReorderBuffer(window: window), arrived: [], delivered: [])
        #expect(window == 1 ? leaves == 1 : leaves > 1)
    }

    @Test("what is a window ahead has to wait") func window() {
        var buffer = ReorderBuffer<String>(window: 2)
        #expect(buffer.admits(1))
        #expect(!buffer.admits(2))
        buffer.insert("b", number: 1)
        #expect(buffer.popNext() == nil)
        buffer.insert("a", number: 0)
        #expect(buffer.popNext() == "a")
        #expect(buffer.popNext() == "b")
        #expect(buffer.popNext() == nil)
        #expect(buffer.admits(3) && !buffer.admits(4))
    }
}
