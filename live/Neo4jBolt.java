import static org.neo4j.configuration.GraphDatabaseSettings.auth_enabled;
import static org.neo4j.configuration.GraphDatabaseSettings.pagecache_memory;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/**
 * Neo4j Community in this process, reachable over Bolt on 127.0.0.1 without a password.
 *
 * <p>Arguments: the data directory and the port. Runs until it is terminated.
 */
class Neo4jBolt {
    private static final long PAGE_CACHE_BYTES = 512L * 1024 * 1024;

    public static void main(String[] arguments) throws InterruptedException {
        Path directory = Path.of(arguments[0]);
        SocketAddress address = new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
        var database =
                new DatabaseManagementServiceBuilder(directory)
                        .setConfig(auth_enabled, false)
                        .setConfig(pagecache_memory, PAGE_CACHE_BYTES)
                        .setConfig(BoltConnector.enabled, true)
                        .setConfig(BoltConnector.listen_address, address)
                        .setConfig(BoltConnector.advertised_address, address)
                        .build();
        var terminated = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            database.shutdown();
            terminated.countDown();
        }));
        terminated.await();
    }
}
