// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// Many pods of one image at once. A run waits 0.7 s for the kubelet's pull intent, so the simulated kubelet must get a
/// processor in that time: no other test runs beside these.
/// </summary>
[Collection(typeof(TogetherAlone))]
public sealed class HandOverTogetherContractTests
{
    private static readonly int Rounds = int.TryParse(
        Environment.GetEnvironmentVariable("TEST_HAND_OVER_ROUNDS"),
        out var rounds
    )
        ? rounds
        : 3;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Twenty_pods_at_once_with_and_without_an_orphan_all_find_a_file(bool isSerial, bool hasOrphan)
    {
        for (var round = 0; round < Rounds; round++)
        {
            using var cluster = new Cluster();
            var kubelet = HandOverKubeletContractTests.Kubelet(cluster, isSerial);
            if (hasOrphan)
            {
                cluster.RunArticle();
                Assert.True(File.Exists(cluster.AuthFile));
            }

            var runs = Together.Run(20, i => kubelet.EnsureImageExists(HandOverKubeletContractTests.Pod(cluster, i)));
            Assert.Equal(Enumerable.Repeat("pulled", 20), runs.Select(run => run.End));
            Assert.Equal(["in-use"], cluster.LeftInAuthDirectory);
        }
    }
}
