// SPDX-License-Identifier: Apache-2.0
using JournalRecorder;

// Prints each entry when it arrives, for the demo: JournalRecorder SOCKET
using var recorder = new Recorder(args[0], entry =>
{
    var fields = string.Join(
        ' ',
        entry
            .Where(field => field.Key is "CRIO_CP_OUTCOME" or "CRIO_CP_CODE" or "CRIO_CP_DURATION_US")
            .Select(field => $"{field.Key}={field.Value}")
    );
    Console.WriteLine(
        $"    journal <{entry["PRIORITY"]}> {entry["MESSAGE"]}{(fields.Length > 0 ? $"   ({fields})" : "")}"
    );
});
Console.WriteLine("    journal ready");
Console.In.ReadToEnd();
