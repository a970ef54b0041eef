import Testing

@testable import Runs

/// The losses of steps, so condensed that no extreme is lost.
@Suite struct LossBinValueTests {
  @Test func addsAndMerges() {
    var bin = LossBin(task: 2, step: 10)
    #expect(bin.mean.isNaN && bin.firstStep == 10)
    for (step, loss) in [(10, 3), (11, .nan), (12, 0.5), (13, 4)] as [(Int, Float)] {
      bin.add(loss, step: step)
    }
    #expect(bin.minimum == 0.5 && bin.maximum == 4 && bin.sum == 7.5 && bin.mean == 2.5)
    #expect(bin.count == 3 && bin.notFinite == 1 && bin.lastStep == 13)
    var later = LossBin(task: 2, step: 14)
    later.add(-1, step: 14)
    later.add(.infinity, step: 15)
    bin.merge(later)
    #expect(bin.minimum == -1 && bin.maximum == 4 && bin.sum == 6.5 && bin.count == 4)
    #expect(bin.notFinite == 2 && bin.firstStep == 10 && bin.lastStep == 15 && bin.task == 2)
  }
}
