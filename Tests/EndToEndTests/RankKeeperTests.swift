import Foundation
import TestSupport
import Testing

#if os(Linux)
  extension WithoutScreen {
    /// What stands between MPICH's launcher, here a shell under its name, and a rank.
    @Suite("Keeper of a rank") struct RankKeeperTests {
      /// Starts the second of two ranks, which waits a second with its message that it cannot meet the other
      /// one; `$keeper` is what the launcher has started and `$child` what that has.
      private static let start = """
        PMI_RANK=1 PMI_SIZE=2 MTL_TUI_MPI=/nowhere '\(Program.path)' ranks & keeper=$!
        find_child() {
          child=
          for file in /proc/[0-9]*/stat; do
            read -r number name state parent rest 2>/dev/null < $file || continue
            test "$parent" = $keeper && child=$number
          done
        }
        has_ended() {
          state=Z
          read -r number name state rest 2>/dev/null < /proc/$child/stat
          test "$state" = Z
        }
        while test -z "$child" && kill -0 $keeper 2>/dev/null; do find_child; done
        """

      private func launch(_ script: String) throws -> CommandRun {
        let folder = FileManager.default.temporaryDirectory
          .appendingPathComponent("keeper-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let launcher = folder.appendingPathComponent("hydra_pmi_proxy").path
        try FileManager.default.createSymbolicLink(
          atPath: launcher, withDestinationPath: "/bin/sh")
        return try CommandRun(launcher, ["-c", Self.start + "\n" + script])
      }

      @Test("the end of a rank is that of its keeper, and its message comes through")
      func end() throws {
        let run = try launch("wait $keeper; echo \"$? ${child:+kept}\"")
        #expect(run.output == "2 kept\n")
        #expect(run.errors.contains("several ranks were started"))
      }

      @Test("a rank that is killed is seen by its launcher a second later")
      func killed() throws {
        let run = try launch(
          """
          kill -9 $child
          until has_ended; do :; done
          sleep 0.6
          kill -0 $keeper && echo kept
          wait $keeper; echo $?
          """)
        #expect(run.output == "kept\n137\n", "\(run.errors)")
      }

      @Test("signals are passed on, and a rank ends with its keeper")
      func signals() throws {
        let passed = try launch("kill -TERM $keeper; wait $keeper; echo $?")
        #expect(passed.output == "143\n")
        let ended = try launch(
          """
          kill -9 $keeper; wait $keeper; echo $?
          sleep 0.5
          has_ended && echo gone
          """)
        #expect(ended.output == "137\ngone\n")
      }

      @Test("without the launcher there is no keeper")
      func alone() throws {
        let run = try CommandRun(
          "/bin/sh", ["-c", Self.start + "\nwait $keeper; echo \"$? $child\""])
        #expect(run.output == "2 \n")
      }
    }
  }
#endif
