// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Bench;

// Bench BINARY OUTPUT [ROUNDS [times]]: compares BINARY with curl, and with $PEER if that is set, and writes Markdown.
// With "times", it measures only the costs that wait4(2) reports, which is faster.
// Bench builds BINARY...: prints size, instructions, system calls and memory of these files. The machine may be busy.
// Bench serve BINARY SECRETS: prepares one invocation, prints its command line and its stdin for a profiler, and waits
// until its own stdin is closed.
if (args is ["serve", var profiled, var count])
{
    using var served = new Fixture();
    served.Server.Secrets = int.Parse(count, CultureInfo.InvariantCulture);
    Console.WriteLine(
        $"{string.Join(' ', served.Provider("provider", Path.GetFullPath(profiled), withJournal: false).Command)} "
            + $"<{served.Request()}"
    );
    Console.In.ReadToEnd();
    return;
}

if (args is ["builds", .. var files])
{
    BuildTable.Print(files);
    return;
}

var binary = Path.GetFullPath(args[0]);
var rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100;
var isQuick = args is [_, _, _, "times"];
var peer = Environment.GetEnvironmentVariable("PEER");
var report = new StringBuilder();
using var fixture = new Fixture();

Line(
    $"{Processor()}, {Environment.ProcessorCount} cores, Linux {Environment.OSVersion.Version}, load "
        + $"{File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the start."
);
Line(
    $"Medians of {rounds} interleaved rounds ({Math.Max(5, rounds / 2)} with 1000 or more secrets). A ratio is the "
        + "median of the rounds' ratios."
);
Line("");

Table("Number of secrets, without a journal", "secrets", [1, 10, 100, 1000, 5000], secrets =>
    Compare(secrets, withJournal: false)
);
using (new Journal(fixture.JournalPath))
{
    Table("Number of secrets, with a journal that reads", "secrets", [1, 100, 5000], secrets =>
        Compare(secrets, withJournal: true)
    );
}

Line("### Number of mirrors and aliases, without a journal");
Line("");
Line("| secrets | mirrors | aliases | CPU ms | wall ms | memory MB | instructions M |");
Line("|--:|--:|--:|--:|--:|--:|--:|");
foreach (
    var (secrets, mirrors, aliases) in new[]
    {
        (1, 1, 0),
        (1, 10, 0),
        (1, 100, 0),
        (1, 1000, 0),
        (1, 1, 1000),
        (1000, 1, 0),
        (1000, 1000, 0),
    }
)
{
    fixture.SetRegistriesConf(mirrors, aliases);
    fixture.Server.Secrets = secrets;
    var provider = fixture.Provider("provider", binary, withJournal: false);
    var costs = Statistics.Interleave([provider], rounds)[0];
    Line(
        $"| {secrets} | {mirrors} | {aliases} | {Milliseconds(costs.Select(c => c.Cpu))} | "
            + $"{Milliseconds(costs.Select(c => c.Wall))} | {Memory(provider)} | {Instructions(provider)} |"
    );
}

Line("");
fixture.SetRegistriesConf(mirrors: 1, aliases: 0);
fixture.Server.Secrets = 1;
Together();

var output = args[1];
File.WriteAllText(output, Merge(File.Exists(output) ? File.ReadAllText(output) : "", report.ToString()));
Console.WriteLine($"written to {output}");

void Line(string line)
{
    Console.WriteLine(line);
    report.Append(line).Append('\n');
}

List<(Bench.Program Program, Cost[] Costs)> Compare(int secrets, bool withJournal)
{
    fixture.Server.Secrets = secrets;
    List<Bench.Program> programs = [fixture.Curl(), fixture.Provider("crio-credential-provider", binary, withJournal)];
    if (peer is not null)
    {
        programs.Add(fixture.Peer(peer));
    }

    return [.. programs.Zip(Statistics.Interleave(programs, secrets >= 1000 ? Math.Max(5, rounds / 2) : rounds))];
}

void Table(string title, string what, int[] sizes, Func<int, List<(Bench.Program Program, Cost[] Costs)>> measure)
{
    Line($"### {title}");
    Line("");
    Line(
        $"| {what} | program | CPU ms | of curl's |{(peer is null ? "" : " of PEER's |")} wall ms | of curl's | memory MB | system calls | instructions M | "
            + "of curl's |"
    );
    Line($"|--:|---|--:|--:|{(peer is null ? "" : "--:|")}--:|--:|--:|--:|--:|--:|");
    foreach (var size in sizes)
    {
        var results = measure(size);
        var curl = results[0].Costs;
        var peerCosts = peer is null ? null : results[^1].Costs;
        var curlInstructions = isQuick ? double.NaN : Counters.Instructions(results[0].Program, fixture.Folder);
        foreach (var (program, costs) in results)
        {
            var instructions =
                isQuick || program.Name == "curl" ? curlInstructions : Counters.Instructions(program, fixture.Folder);
            var cpuRatio = Statistics.Median(costs.Zip(curl, (a, b) => a.Cpu / b.Cpu));
            var peerRatio = peerCosts is null
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $" {Statistics.Median(costs.Zip(peerCosts, (a, b) => a.Cpu / b.Cpu)):0.00} |"
                );
            var wallRatio = Statistics.Median(costs.Zip(curl, (a, b) => a.Wall / b.Wall));
            Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {size} | {program.Name} | {Milliseconds(costs.Select(c => c.Cpu))} | {cpuRatio:0.00} |{peerRatio} "
                        + $"{Milliseconds(costs.Select(c => c.Wall))} | {wallRatio:0.00} | {Memory(program)} | "
                        + $"{(isQuick ? double.NaN : Counters.SystemCalls(program, fixture.Folder))} | "
                        + $"{instructions:0.0} | {instructions / curlInstructions:0.00} |"
                )
            );
        }
    }

    Line("");
}

// Simulates the start of a node: every pull is for a different image, so no run waits for another run's auth file.
void Together()
{
    const int Count = 250;
    var requests = Enumerable.Range(0, Count).Select(i => fixture.Request($"docker.io/library/app-{i:000}")).ToList();
    Line("### 250 at once, one secret");
    Line("");
    Line("| program | 250 times one after the other, CPU ms | 250 at once, CPU ms | ratio | wall ms |");
    Line("|---|--:|--:|--:|--:|");
    foreach (
        var program in new[]
        {
            fixture.Curl(),
            fixture.Provider("crio-credential-provider", binary, withJournal: false),
        }
    )
    {
        List<double> one = [],
            together = [],
            wall = [];
        for (var round = 0; round < 9; round++)
        {
            one.Add(Count * Statistics.Median(Enumerable.Range(0, 25).Select(_ => program.Run().Cpu)));
            var cost = Child.RunTogether([.. requests.Select(request => (program.Command, request))]);
            together.Add(cost.Cpu);
            wall.Add(cost.Wall);
        }

        var ratio = Statistics.Median(together.Zip(one, (a, b) => a / b));
        Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {program.Name} | {Milliseconds(one)} | {Milliseconds(together)} | {ratio:0.00} | "
                    + $"{Milliseconds(wall)} |"
            )
        );
    }
}

string Memory(Bench.Program program) =>
    isQuick
        ? ""
        : (Counters.Memory(program, fixture.Folder) * 1024 / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

string Instructions(Bench.Program program) =>
    isQuick ? "" : Counters.Instructions(program, fixture.Folder).ToString("0.0", CultureInfo.InvariantCulture);

static string Milliseconds(IEnumerable<double> microseconds) =>
    (Statistics.Median(microseconds) / 1000).ToString("0.0", CultureInfo.InvariantCulture);

static string Processor() =>
    File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
        ?.Split(": ")[1]
    ?? "unknown processor";

// Replaces only the text between the two markers of the page.
static string Merge(string page, string figures)
{
    const string Begin = "<!-- figures: make bench -->\n",
        End = "<!-- end of figures -->\n";
    var begin = page.IndexOf(Begin, StringComparison.Ordinal);
    var end = page.IndexOf(End, StringComparison.Ordinal);
    return begin < 0 || end < begin ? figures : page[..(begin + Begin.Length)] + figures + page[end..];
}
