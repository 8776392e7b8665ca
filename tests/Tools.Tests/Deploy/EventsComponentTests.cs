// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Generate;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>Events need a token, so they are an option: a kustomize component.</summary>
public sealed class EventsComponentTests
{
    [Fact]
    public void The_events_component_permits_creating_events_in_the_own_namespace_and_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
        try
        {
            Assert.Equal(0, InProcess.Execute("cp", "-r", Manifests.At("kustomize"), folder).ExitCode);
            var overlay = Path.Combine(folder, "kustomize/overlays/kubeadm");
            File.AppendAllText(Path.Combine(overlay, "kustomization.yaml"), "components: [../../components/events]\n");
            var objects = Manifests.Render(overlay);
            Assert.Equal("", SchemaCheck.Problems(objects));
            Assert.True((bool)objects.PodSpec()["automountServiceAccountToken"]!);
            Assert.Equal(
                """[{"apiGroups":[""],"resources":["events"],"verbs":["create"]}]""",
                objects.Only("Role")["rules"]!.ToJsonString()
            );
            var binding = objects.Only("RoleBinding");
            Assert.Equal(
                [objects.Only("ServiceAccount")["metadata"]!["name"]!.ToJsonString()],
                binding["subjects"]!.AsArray().Select(subject => subject!["name"]!.ToJsonString())
            );
            Assert.Single(objects.Select(item => (string?)item["metadata"]!["namespace"]).OfType<string>().Distinct());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
