using KubernetesApiStandIn;

// For the demo: KubernetesApiStandIn --directory DIR --manifest FILE [--port N]
// Writes DIR/ca.crt and DIR/token-default, token-team-b, prints its port when ready, ends when stdin closes.
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;

var directory = Option("--directory") ?? throw new ArgumentException("--directory is missing");
var authority = new Authority();
using var server = new ApiServer(
    authority.Issue(["kubernetes", "kubernetes.default", ApiServerNames.Internal, "10.96.0.1"]),
    int.Parse(Option("--port") ?? "0"));
File.WriteAllText(Path.Combine(directory, "ca.crt"), authority.Pem);
File.WriteAllText(Path.Combine(directory, "token-default"), server.Issue("default"));

// The token of team-b asks for team-b's secrets, and nobody made a Role there.
File.WriteAllText(Path.Combine(directory, "token-team-b"), server.Issue("team-b"));
server.Allow("default", "default", "default");
if (Option("--manifest") is { } manifest)
{
    server.Add(File.ReadAllText(manifest));
}

Console.WriteLine(server.Port);
Console.In.ReadToEnd();

internal static class ApiServerNames
{
    public const string Internal = "kubernetes.default.svc";
}
