import ArgumentParser
import Ranks
import Runs
import Tensors
import Training

/// How the threads of a run use the cores of the machine: what `train` and `explore` have in common.
struct CoreOptions: ParsableArguments {
  @Flag(
    help: """
      Keep each thread that trains on a core of its own, for machines with several memories; it \
      changes no bit, and is not kept with the run.
      """)
  var pin = false

  /// How a run uses the machine, of which so many threads train unless that is measured.
  ///
  /// - Throws: ``Failure`` where there are not as many cores to keep them on.
  func use(_ wish: ThreadWish?, threads count: Int, ranks seat: RankSeat? = nil) throws(Failure)
    -> ThreadUse
  {
    let use = ThreadUse(isPinned: pin, isMeasured: wish == .auto, ranks: seat)
    do throws(PinningError) {
      try use.check(threads: count)
    } catch {
      throw Failure(message: error.description)
    }
    return use
  }
}

extension ThreadUse {
  /// Looks whether there are cores for so many threads; a measurement tries no more than there are.
  ///
  /// - Throws: ``PinningError`` where threads are to keep to cores of their own and there are too few.
  func check(threads count: Int) throws(PinningError) {
    if isPinned { try WorkerPool.checkPinning(threads: isMeasured ? 1 : count) }
  }
}
