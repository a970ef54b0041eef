import Testing

@testable import Training

/// What is said where a launcher leaves a rank some cores of a machine.
@Suite struct BindingTests {
  @Test func saysThatThreadsShareTheCoresOfARank() {
    #expect(
      TrainingRun.bindingNotice(threads: 2, cores: 1, ofMachine: 16)
        == "2 threads of a rank share 1 of 16 cores, to which its launcher binds it: "
        + "`mpirun --bind-to none` and `srun --cpu-bind=none` leave it all")
    #expect(TrainingRun.bindingNotice(threads: 5, cores: 4, ofMachine: 8) != nil)
  }

  @Test(arguments: [(1, 1, 16), (4, 4, 8), (3, 4, 8), (4, 2, 2), (4, 0, 8)])
  func saysNothingOfEnoughCoresAndWholeMachines(threads: Int, cores: Int, online: Int) {
    #expect(TrainingRun.bindingNotice(threads: threads, cores: cores, ofMachine: online) == nil)
  }
}
