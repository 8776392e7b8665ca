// SPDX-License-Identifier: Apache-2.0
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace CrioCredentialProvider.Tests.Architecture;

/// <summary>No namespace of the program depends on itself by way of others, and no project on one that it may not
/// know.</summary>
public sealed class NamespaceCycleTests
{
    private const string Root = "CrioCredentialProvider";

    private static readonly Dictionary<string, HashSet<string>> Uses = Read(
        "CrioCredentialProvider.Linux",
        "CrioCredentialProvider.Provider",
        "CrioCredentialProvider.Tools",
        "crio-credential-provider"
    );

    [Fact]
    public void No_namespace_is_part_of_a_circle() => Assert.Equal("", string.Join('\n', Circles(Uses)));

    [Fact]
    public void The_search_finds_a_circle_of_any_length() =>
        Assert.Equal(
            ["a -> b -> c -> a"],
            Circles(
                new()
                {
                    ["a"] = ["b", "d"],
                    ["b"] = ["c"],
                    ["c"] = ["a"],
                    ["d"] = [],
                }
            )
        );

    [Theory]
    [InlineData("CrioCredentialProvider.Linux")]
    [InlineData("CrioCredentialProvider.Provider", "CrioCredentialProvider.Linux")]
    [InlineData("CrioCredentialProvider.Tools", "CrioCredentialProvider.Linux", "CrioCredentialProvider.Provider")]
    public void A_project_refers_only_to_those_below_it(string project, params string[] below) =>
        Assert.Empty(
            Assembly
                .Load(project)
                .GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(name =>
                    name.StartsWith(Root, StringComparison.OrdinalIgnoreCase) || name == "crio-credential-provider"
                )
                .Except(below)
        );

    [Fact]
    public void The_program_is_seen_whole() => Assert.InRange(Uses.Count, 15, 100);

    /// <summary>Which namespaces each namespace uses, by the type references in signatures and method bodies.</summary>
    private static Dictionary<string, HashSet<string>> Read(params string[] assemblies)
    {
        var architecture = new ArchLoader().LoadAssemblies([.. assemblies.Select(Assembly.Load)]).Build();
        Dictionary<string, HashSet<string>> uses = [];
        foreach (var type in architecture.Types.Where(type => IsOurs(type)))
        {
            if (!uses.TryGetValue(type.Namespace.FullName, out var targets))
            {
                uses[type.Namespace.FullName] = targets = [];
            }

            targets.UnionWith(
                type.Dependencies.Select(dependency => dependency.Target)
                    .Where(target => IsOurs(target) && target.Namespace.FullName != type.Namespace.FullName)
                    .Select(target => target.Namespace.FullName)
            );
        }

        return uses;
    }

    private static bool IsOurs(IType type) =>
        type.Namespace is { } space
        && (space.FullName == Root || space.FullName.StartsWith(Root + ".", StringComparison.Ordinal));

    /// <summary>The shortest circle through each namespace that has one, each circle once, from its first name
    /// on.</summary>
    private static List<string> Circles(Dictionary<string, HashSet<string>> uses)
    {
        SortedSet<string> circles = new(StringComparer.Ordinal);
        foreach (var start in uses.Keys)
        {
            if (PathBack(uses, start) is { } path && path.Order(StringComparer.Ordinal).First() == start)
            {
                circles.Add(string.Join(" -> ", path.Append(start)));
            }
        }

        return [.. circles];
    }

    private static List<string>? PathBack(Dictionary<string, HashSet<string>> uses, string start)
    {
        var queue = new Queue<List<string>>([
            [start],
        ]);
        HashSet<string> seen = [];
        while (queue.TryDequeue(out var path))
        {
            foreach (var next in uses.GetValueOrDefault(path[^1], []).Order(StringComparer.Ordinal))
            {
                if (next == start)
                {
                    return path;
                }

                if (seen.Add(next))
                {
                    queue.Enqueue([.. path, next]);
                }
            }
        }

        return null;
    }
}
